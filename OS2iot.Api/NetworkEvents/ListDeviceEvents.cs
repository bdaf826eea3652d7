using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.NetworkEvents;

/// <summary>What the network told of a device beside its uplinks in the last days, newest first: joins, acknowledgements, log.</summary>
internal sealed class ListDeviceEvents(AppDbContext db, Caller caller) : Endpoint<ListQuery, ListResponse<NetworkEventResponse>>
{
    public override void Configure()
    {
        Get("iot-device/{id}/network-events");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<NetworkEventResponse>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        if (!await db.Devices.VisibleTo(caller).AnyAsync(d => d.Id == id, ct))
        {
            throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
        }

        var events = db.NetworkEvents.AsNoTracking().Where(e => e.DeviceId == id);
        var page = await events.OrderByDescending(e => e.ReceivedAt).ThenByDescending(e => e.Id).Skip(list.Offset).Take(list.Limit).ToListAsync(ct);
        return new ListResponse<NetworkEventResponse>([.. page.Select(e => new NetworkEventResponse(e))], await events.CountAsync(ct));
    }
}
