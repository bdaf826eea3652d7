using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.DataTargets;

/// <summary>A page about one data target.</summary>
internal abstract class OneDataTarget(DataTargetClient targets, ApplicationClient applications, PageFrame frame) : PageModel
{
    public DataTarget Target { get; private set; } = null!;

    public Application Application { get; private set; } = null!;

    public bool MayWrite { get; private set; }

    protected async Task LoadAsync(int id, bool forWriting, CancellationToken ct)
    {
        Target = await targets.GetAsync(id, ct);
        Application = await applications.GetAsync(Target.Application?.Id ?? 0, ct);
        frame.Enter(Application.BelongsTo?.Id);
        MayWrite = frame.Me?.MayWrite(Application.Id) == true;
        if (forWriting && !MayWrite)
        {
            throw new ForbiddenException();
        }
    }
}
