using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Downlinks;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Downlinks;

/// <summary>The messages that wait for a LoRaWAN, Sigfox or MQTT device.</summary>
internal sealed class GetDownlinkQueue(AppDbContext db, Caller caller) : EndpointWithoutRequest<DownlinkQueueResponse>
{
    public override void Configure()
    {
        Get("iot-device/{id}/downlink");
        Policies(Role.Read);
    }

    public override async Task<DownlinkQueueResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.Devices.AsNoTracking().VisibleTo(caller).SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
        var waiting = await db.Downlinks.AsNoTracking().Waiting().Where(i => i.DeviceId == id).OrderBy(i => i.CreatedAt).ThenBy(i => i.Id).ToListAsync(ct);
        IReadOnlyList<object> items = device switch
        {
            LoRaWanDevice lorawan => [.. waiting.Select(i => new LoRaWanQueueItem(
                i.Confirmed, lorawan.DevEui, i.FCntDown ?? 0, i.FPort ?? 0, Convert.ToBase64String(i.Payload)))],
            SigfoxDevice { DownlinkPayload: { } imported } when waiting.Count == 0 => [new SigfoxQueueItem(imported)],
            SigfoxDevice => [.. waiting.Take(1).Select(i => new SigfoxQueueItem(Convert.ToHexStringLower(i.Payload)))],
            MqttInternalBrokerDevice => [.. waiting.Where(i => i.State == DownlinkState.Pending).Select(i => new MqttQueueItem(Convert.ToHexStringLower(i.Payload)))],
            _ => throw Refusal.BadRequest(ErrorCodes.OnlyAllowedForLoRaWanAndSigfox),
        };
        return new DownlinkQueueResponse(items.Count, items);
    }
}
