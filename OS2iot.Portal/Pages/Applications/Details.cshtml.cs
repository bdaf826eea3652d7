using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Devices;

namespace OS2iot.Portal.Pages.Applications;

/// <summary>An application with its devices.</summary>
internal sealed class DetailsModel(ApplicationClient applications, PageFrame frame) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public Application Application { get; private set; } = null!;

    public ListAnswer<Device> Devices { get; private set; } = null!;

    public bool MayWrite { get; private set; }

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        var devices = applications.DevicesAsync(id, List, ct);
        Application = await applications.GetAsync(id, ct);
        Devices = await devices;
        frame.Enter(Application.BelongsTo?.Id);
        MayWrite = frame.Me?.MayWrite(id) == true;
    }
}
