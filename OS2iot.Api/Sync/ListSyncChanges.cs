using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Api.Sync;

/// <summary>The changes that an outside system has not followed: what it refused, then what waits, oldest first. For global administrators.</summary>
internal sealed class ListSyncChanges(AppDbContext db) : Endpoint<ListQuery, ListResponse<SyncChangeResponse>>
{
    public override void Configure()
    {
        Get("sync/{system}/changes");
        Policies(Role.GlobalAdmin);
    }

    public override async Task<ListResponse<SyncChangeResponse>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var system = HttpContext.GetRouteValue("system") as string;
        var changes = db.SyncChanges.AsNoTracking().Where(c => c.System == system);
        var page = await changes.OrderByDescending(c => c.State).ThenBy(c => c.Id).Skip(list.Offset).Take(list.Limit)
            .Select(c => new SyncChangeResponse(
                c.Id, c.Kind, c.Key, c.IsRemoval, c.OrganizationId, c.State == SyncChangeState.Refused ? "refused" : "pending",
                c.Attempts, c.NextAttemptAt, c.Error, c.CreatedAt))
            .ToListAsync(ct);
        return new ListResponse<SyncChangeResponse>(page, await changes.CountAsync(ct));
    }
}
