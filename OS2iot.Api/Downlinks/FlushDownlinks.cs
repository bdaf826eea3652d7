using System.Data;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Downlinks;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Downlinks;

/// <summary>Takes back the messages that wait for a device, here and in the network's queue. Answers how many.</summary>
internal sealed class FlushDownlinks(AppDbContext db, Caller caller, ChirpStackSaves saves) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("iot-device/{id}/downlink");
        Policies(Role.Read);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        var device = await db.Devices.FromSql($"SELECT * FROM devices WHERE id = {id} FOR NO KEY UPDATE").WritableBy(caller).SingleOrDefaultAsync(ct)
            ?? throw await db.Devices.MissingAsync(id, notFound: null, ct);

        // What our broker has is on its way to the device already.
        var isAtBroker = device is MqttInternalBrokerDevice;
        var waiting = await db.Downlinks.Waiting().Where(i => i.DeviceId == id && (!isAtBroker || i.State == DownlinkState.Pending)).ToListAsync(ct);
        waiting.ForEach(i => i.State = DownlinkState.Flushed);
        var count = waiting.Count;
        if (device is SigfoxDevice { DownlinkPayload: not null } imported)
        {
            imported.DownlinkPayload = null;
            count = Math.Max(count, 1);
        }

        await saves.SaveAsync(Refusal.BadRequest, ct);
        await transaction.CommitAsync(ct);
        return new AffectedResponse(count);
    }
}
