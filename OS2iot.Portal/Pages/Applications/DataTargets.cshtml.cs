using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.DataTargets;

namespace OS2iot.Portal.Pages.Applications;

/// <summary>An application with its data targets.</summary>
internal sealed class DataTargetsModel(ApplicationClient applications, PageFrame frame) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public Application Application { get; private set; } = null!;

    public ListAnswer<DataTarget> Targets { get; private set; } = null!;

    public bool MayWrite { get; private set; }

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        var targets = applications.DataTargetsAsync(id, List, ct);
        Application = await applications.GetAsync(id, ct);
        Targets = await targets;
        frame.Enter(Application.BelongsTo?.Id);
        MayWrite = frame.Me?.MayWrite(id) == true;
    }
}
