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

    /// <summary>Counting stops there.</summary>
    private const int MaxCounted = 10_000;

    public async Task<DataTargetDetails?> FindAsync(IQueryable<DataTarget> targets, int id, CancellationToken ct)
    {
        var target = await targets.AsNoTracking().Include(t => t.OpenDataDkDataset).SingleOrDefaultAsync(t => t.Id == id, ct);
        return target is null
            ? null
            : new DataTargetDetails(target, DataTargetShapes.Shown(target), (await db.CoresAsync([target.ApplicationId], ct))[target.ApplicationId])
            {
                Deliveries = (await CountsAsync([id], ct))[id],
                HasRecentErrors = await HasRecentErrorsAsync(id, ct),
            };
    }

    public async Task<List<DataTargetWithApplication>> ListAsync(IQueryable<DataTarget> page, CancellationToken ct)
    {
        var targets = await page.AsNoTracking().ToListAsync(ct);
        var applications = await db.CoresAsync(targets.Select(t => t.ApplicationId), ct);
        var counts = await CountsAsync([.. targets.Select(t => t.Id)], ct);
        return [.. targets.Select(t => new DataTargetWithApplication(t, DataTargetShapes.Shown(t), applications[t.ApplicationId])
        {
            Deliveries = counts.GetValueOrDefault(t.Id, new DeliveryCounts(0, 0)),
        })];
    }

    private Task<Dictionary<int, DeliveryCounts>> CountsAsync(int[] ids, CancellationToken ct) => db.DataTargets.Where(t => ids.Contains(t.Id))
        .Select(t => new
        {
            t.Id,
            Pending = db.Deliveries.Where(d => d.DataTargetId == t.Id && d.State == DeliveryState.Pending).Take(MaxCounted).Count(),
            Dead = db.Deliveries.Where(d => d.DataTargetId == t.Id && d.State == DeliveryState.Dead).Take(MaxCounted).Count(),
        })
        .ToDictionaryAsync(t => t.Id, t => new DeliveryCounts(t.Pending, t.Dead), ct);

    private Task<bool> HasRecentErrorsAsync(int id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (recently, oldest) = (now - Recent, now - LongestDelivery);
        return db.DeliveryAttempts.AnyAsync(
            a => a.DataTargetId == id && a.AttemptedAt > recently && a.ReceivedAt > oldest && a.Outcome != DeliveryOutcome.Delivered, ct);
    }
}
