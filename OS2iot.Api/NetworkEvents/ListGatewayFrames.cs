using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Gateways;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.NetworkEvents;

/// <summary>The uplinks that a gateway heard in the last days, newest first. Devices that the caller may not see have no name.</summary>
[RefusesWith(StatusCodes.Status400BadRequest)]
internal sealed class ListGatewayFrames(AppDbContext db, Caller caller) : Endpoint<ListQuery, GatewayFramesResponse>
{
    public override void Configure()
    {
        Get("chirpstack/gateway/{gatewayId}/frames");
        Policies(Role.Read);
    }

    public override async Task<GatewayFramesResponse> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var gatewayId = HttpContext.RouteGatewayId();
        if (!await db.Gateways.VisibleTo(caller).AnyAsync(g => g.GatewayId == gatewayId, ct))
        {
            throw await db.Gateways.MissingAsync(gatewayId, ct);
        }

        var heard = await db.Receptions.AsNoTracking().Where(r => r.GatewayEui == gatewayId)
            .OrderByDescending(r => r.ReceivedAt).ThenByDescending(r => r.MessageId).Skip(list.Offset).Take(list.Limit + 1).ToListAsync(ct);
        var ids = heard.Select(r => r.DeviceId).Distinct().ToList();
        var names = await db.Devices.VisibleTo(caller).Where(d => ids.Contains(d.Id)).Select(d => new { d.Id, d.Name }).ToDictionaryAsync(d => d.Id, d => d.Name, ct);
        return new GatewayFramesResponse(
            [.. heard.Take(list.Limit).Select(r => new GatewayFrameResponse(
                r.ReceivedAt, r.MessageId, names.ContainsKey(r.DeviceId) ? r.DeviceId : null, names.GetValueOrDefault(r.DeviceId), r.Rssi, r.Snr,
                r.Dr, r.SpreadingFactor, r.Frequency, r.FCnt))],
            heard.Count > list.Limit);
    }
}
