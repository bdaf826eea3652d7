using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.PayloadDecoders;

internal sealed class IndexModel(PayloadDecoderClient decoders, PageFrame frame) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public ListAnswer<PayloadDecoder> Decoders { get; private set; } = new([], 0);

    public bool MayCreate { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (frame is { Me: { } me, Organization: { } organization })
        {
            MayCreate = me.MayWriteIn(organization.Id);
            Decoders = await decoders.ListAsync(organization.Id, List, ct);
        }
    }
}
