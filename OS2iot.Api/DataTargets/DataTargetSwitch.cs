using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.DataTargets;

/// <summary>Lets a target have its messages again. Writes in the context's transaction; the target itself is saved by the caller.</summary>
internal sealed class DataTargetSwitch(AppDbContext db)
{
    /// <summary>What waits becomes due within so long, not all at once.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(30);

    /// <summary>Forgets that it failed, and makes what waits due soon; what is being tried is left alone.</summary>
    public async Task ResumeAsync(DataTarget target, CancellationToken ct)
    {
        target.DisabledAt = null;
        target.DisabledReason = null;
        await db.DataTargetFailures.Where(f => f.DataTargetId == target.Id).ExecuteDeleteAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE deliveries SET next_attempt_at = now() + random() * {Spread}
            WHERE data_target_id = {target.Id} AND state = 0 AND next_attempt_at > now() AND (lease_until IS NULL OR lease_until < now())
            """,
            ct);
    }
}
