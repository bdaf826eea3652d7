using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.DataTargets;

/// <summary>Reads targets as they are shown.</summary>
internal sealed class DataTargetReader(AppDbContext db)
{
    public async Task<DataTargetDetails?> FindAsync(IQueryable<DataTarget> targets, int id, CancellationToken ct)
    {
        var target = await targets.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct);
        return target is null
            ? null
            : new DataTargetDetails(target, DataTargetShapes.Shown(target), (await db.CoresAsync([target.ApplicationId], ct))[target.ApplicationId]);
    }

    public async Task<List<DataTargetWithApplication>> ListAsync(IQueryable<DataTarget> page, CancellationToken ct)
    {
        var targets = await page.AsNoTracking().ToListAsync(ct);
        var applications = await db.CoresAsync(targets.Select(t => t.ApplicationId), ct);
        return [.. targets.Select(t => new DataTargetWithApplication(t, DataTargetShapes.Shown(t), applications[t.ApplicationId]))];
    }
}
