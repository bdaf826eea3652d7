using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

internal sealed class DataTargetLogQuery : ListQuery
{
    /// <summary>OK or ERROR; all where absent.</summary>
    public string? Status { get; private set; }

    protected override int DefaultLimit => 25;

    public override void Read(QueryReader query)
    {
        base.Read(query);
        Status = query.Text("status");
    }
}

/// <summary>The tries to deliver to a target, newest first. The count stops at 10,000.</summary>
internal sealed class ListDataTargetLog(AppDbContext db, Caller caller, DeliveryLogReader log)
    : Endpoint<DataTargetLogQuery, ListResponse<DeliveryLogEntry>>
{
    private const int CountedAtMost = 10_000;

    public override void Configure()
    {
        Get("data-target/{id}/log");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<DeliveryLogEntry>> ExecuteAsync(DataTargetLogQuery query, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        if (!await db.DataTargets.VisibleTo(caller).AnyAsync(t => t.Id == id, ct))
        {
            throw Refusal.NotFound();
        }

        var attempts = query.Status switch
        {
            null => log.Of(id),
            SendStatus.Ok => log.Of(id).Where(a => a.Outcome == DeliveryOutcome.Delivered),
            SendStatus.Error => log.Of(id).Where(a => a.Outcome != DeliveryOutcome.Delivered),
            _ => throw Refusal.BadRequest("status must be one of the following values: OK, ERROR"),
        };
        return new ListResponse<DeliveryLogEntry>(
            await log.ReadAsync(attempts, query.Offset, query.Limit, ct), await attempts.Take(CountedAtMost).CountAsync(ct));
    }
}
