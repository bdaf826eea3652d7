using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>How far a job at Sigfox is; script keeps it current.</summary>
internal sealed class JobModel(SigfoxClient sigfox, PageFrame frame) : OneSigfoxGroup(sigfox, frame)
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public SigfoxJob Job { get; private set; } = null!;

    public ListAnswer<SigfoxJobDevice> Devices { get; private set; } = null!;

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        Job = await Client.JobAsync(id, ct);
        Devices = await Client.JobDevicesAsync(id, List, ct);
        await LoadGroupAsync(Job.GroupId, toChange: false, ct);
    }
}
