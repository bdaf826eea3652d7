using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Api.Sync;

/// <summary>How outside systems follow our database: what waits, what was refused, what differed. For global administrators.</summary>
internal sealed class GetSync(AppDbContext db) : EndpointWithoutRequest<SyncResponse>
{
    public override void Configure()
    {
        Get("sync");
        Policies(Role.GlobalAdmin);
    }

    public override async Task<SyncResponse> ExecuteAsync(CancellationToken ct)
    {
        var statuses = await db.SyncStatuses.AsNoTracking().ToDictionaryAsync(s => s.System, ct);
        var waiting = await db.SyncChanges.GroupBy(c => c.System).Select(g => new
        {
            System = g.Key,
            Pending = g.Count(c => c.State == SyncChangeState.Pending),
            Oldest = g.Where(c => c.State == SyncChangeState.Pending).Min(c => (DateTimeOffset?)c.CreatedAt),
            Refused = g.Count(c => c.State == SyncChangeState.Refused),
        }).ToDictionaryAsync(w => w.System, ct);
        var systems = statuses.Keys.Union(waiting.Keys).Order(StringComparer.Ordinal);
        return new SyncResponse([.. systems.Select(name => new SyncSystemResponse(name, statuses.GetValueOrDefault(name))
        {
            Pending = waiting.GetValueOrDefault(name)?.Pending ?? 0,
            OldestPending = waiting.GetValueOrDefault(name)?.Oldest,
            Refused = waiting.GetValueOrDefault(name)?.Refused ?? 0,
        })]);
    }
}
