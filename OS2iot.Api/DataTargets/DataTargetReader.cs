using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.DataTargets;

/// <summary>Reads targets as they are shown.</summary>
internal sealed class DataTargetReader(AppDbContext db, TimeProvider clock)
{
    private static readonly TimeSpan Recent = TimeSpan.FromDays(1);

    /// <summary>Messages are tried for so long, so that what was tried lately was received since then.</summary>
    private static readonly TimeSpan LongestDelivery = TimeSpan.FromDays(4);

    public async Task<DataTargetDetails?> FindAsync(IQueryable<DataTarget> targets, int id, CancellationToken ct)
    {
        var target = await targets.AsNoTracking().Include(t => t.OpenDataDkDataset).SingleOrDefaultAsync(t => t.Id == id, ct);
        return target is null
            ? null
            : new DataTargetDetails(target, DataTargetShapes.Shown(target), (await db.CoresAsync([target.ApplicationId], ct))[target.ApplicationId])
            {
                HasRecentErrors = await HasRecentErrorsAsync(id, ct),
            };
    }

    public async Task<List<DataTargetWithApplication>> ListAsync(IQueryable<DataTarget> page, CancellationToken ct)
    {
        var targets = await page.AsNoTracking().ToListAsync(ct);
        var applications = await db.CoresAsync(targets.Select(t => t.ApplicationId), ct);
        return [.. targets.Select(t => new DataTargetWithApplication(t, DataTargetShapes.Shown(t), applications[t.ApplicationId]))];
    }

    private Task<bool> HasRecentErrorsAsync(int id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (recently, oldest) = (now - Recent, now - LongestDelivery);
        return db.DeliveryAttempts.AnyAsync(
            a => a.DataTargetId == id && a.AttemptedAt > recently && a.ReceivedAt > oldest && a.Outcome != DeliveryOutcome.Delivered, ct);
    }
}
