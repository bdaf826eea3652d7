using System.Globalization;
using System.Text.Json;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Deliveries;

/// <summary>Sends what a target never took to it again, oldest first and up to 10,000 in one call.</summary>
internal sealed class ResendDeliveries(AppDbContext db, Caller caller, DeliveryQueue queue, TimeProvider clock)
    : Endpoint<ResendDeliveriesRequest, ResendDeliveriesResponse>
{
    public override void Configure()
    {
        Post("data-target/{id}/deliveries/resend");
        Policies(Role.Read);
    }

    public override async Task<ResendDeliveriesResponse> ExecuteAsync(ResendDeliveriesRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var target = await db.DataTargets.AsNoTracking().WritableBy(caller).SingleOrDefaultAsync(t => t.Id == id, ct)
            ?? throw await db.DataTargets.MissingAsync(id, ct);
        var (from, to) = (request.From ?? DateTimeOffset.UnixEpoch, request.To ?? clock.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var queued = await queue.ReviveAsync(id, from, to, request.DeviceIds ?? [], ct);
        await db.WriteAuditAsync(
            [
                new AuditRecord
                {
                    Action = AuditActions.Resend,
                    Type = AuditTypes.DataTarget,
                    EntityId = id.ToString(CultureInfo.InvariantCulture),
                    Name = target.Name,
                    After = JsonSerializer.Serialize(
                        new { queued, from = request.From is null ? null : WireTime.Format(from), to = WireTime.Format(to), request.DeviceIds },
                        WireJson.Answers),
                },
            ],
            ct: ct);
        await transaction.CommitAsync(ct);
        return new ResendDeliveriesResponse(queued, queued == DeliveryQueue.MaxMessages);
    }
}
