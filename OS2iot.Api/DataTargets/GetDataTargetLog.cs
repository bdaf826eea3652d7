using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

/// <summary>The newest 100 tries to deliver to a target, newest first, in the form of OS2IoT.</summary>
internal sealed class GetDataTargetLog(AppDbContext db, Caller caller, DeliveryLogReader log)
    : EndpointWithoutRequest<IReadOnlyList<DataTargetLogRow>>
{
    private const int MaxRows = 100;

    public override void Configure()
    {
        Get("datatarget-log/{id}");
        Policies(Role.Read);
    }

    public override async Task<IReadOnlyList<DataTargetLogRow>> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return await db.DataTargets.VisibleTo(caller).AnyAsync(t => t.Id == id, ct)
            ? [.. (await log.ReadAsync(log.Of(id), offset: 0, MaxRows, ct)).Select(DataTargetLogRow.From)]
            : throw Refusal.NotFound();
    }
}
