using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.PayloadDecoders;

/// <summary>A page about one payload decoder.</summary>
internal abstract class OneDecoder(PayloadDecoderClient decoders, PageFrame frame) : PageModel
{
    public PayloadDecoder Decoder { get; private set; } = null!;

    public bool MayWrite { get; private set; }

    protected async Task LoadAsync(int id, bool forWriting, CancellationToken ct)
    {
        Decoder = await decoders.GetAsync(id, ct);
        frame.Enter(Decoder.Organization?.Id);
        MayWrite = Decoder.Organization is { } owner && frame.Me?.MayWriteIn(owner.Id) == true;
        if (forWriting && !MayWrite)
        {
            throw new ForbiddenException();
        }
    }
}
