using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Applications;

/// <summary>An application's devices with their newest message.</summary>
internal sealed class ListApplicationDevices(AppDbContext db, Caller caller, DeviceReader reader)
    : Endpoint<ListQuery, ListResponse<DeviceListItem>>
{
    private static readonly SortOrders<Device> Orders = new SortOrders<Device>(d => d.Id) { UnknownFollowsSort = true }
        .Add("name", d => d.Name)
        .Add("active", d => d.State!.LastSeenAt, d => d.State != null)
        .Add("rssi", d => d.State!.Rssi, d => d.State != null && d.State.Rssi != null)
        .Add("snr", d => d.State!.Snr, d => d.State != null && d.State.Snr != null)
        .Add("dataTargets", d => d.Connections.Count);

    public override void Configure()
    {
        Get("application/{id}/iot-devices");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<DeviceListItem>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        if (!caller.IsGlobalAdmin && !await db.Applications.VisibleTo(caller).AnyAsync(a => a.Id == id, ct))
        {
            throw Refusal.Forbidden();
        }

        var mayWrite = await db.Applications.WritableBy(caller).AnyAsync(a => a.Id == id, ct);
        var devices = db.Devices.Where(d => d.ApplicationId == id);
        return new ListResponse<DeviceListItem>(
            await reader.ListAsync(Orders.Page(devices, list), mayWrite, ct), await devices.CountAsync(ct));
    }
}
