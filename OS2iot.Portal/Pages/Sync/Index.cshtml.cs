using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Sync;

/// <summary>How the MQTT broker, ChirpStack and others follow, and what differed.</summary>
internal sealed class IndexModel(SyncClient sync, PageFrame frame) : PageModel
{
    public IReadOnlyList<SyncedSystem> Systems { get; private set; } = [];

    /// <summary>Changes when there is something new to show.</summary>
    public string Fingerprint => string.Join(
        '|', Systems.Select(s => FormattableString.Invariant($"{s.System} {s.IsReached} {s.Pending} {s.Refused} {s.ReconciledAt:O} {s.LastAppliedAt:O} {s.LastError}")));

    public async Task OnGetAsync(CancellationToken ct)
    {
        Check();
        Systems = await sync.ListAsync(ct);
    }

    public async Task<IActionResult> OnPostAsync(string? system, CancellationToken ct)
    {
        Check();
        await sync.ReconcileAsync(system ?? "", ct);
        this.Say(SyncTexts.Asked);
        return LocalRedirect("/sync");
    }

    private void Check()
    {
        if (frame.Me?.IsGlobalAdmin != true)
        {
            throw new ForbiddenException();
        }
    }
}
