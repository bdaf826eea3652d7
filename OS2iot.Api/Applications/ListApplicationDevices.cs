using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Applications;

/// <summary>An application's devices with their newest message.</summary>
internal sealed class ListApplicationDevices(AppDbContext db, Caller caller, DeviceReader reader)
    : Endpoint<ListQuery, ListResponse<DeviceListItem>>
{
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
        var count = await db.Devices.CountAsync(d => d.ApplicationId == id, ct);
        var page = await new ApplicationDevicePages(db, id, count).FindAsync(list, ct);
        return new ListResponse<DeviceListItem>(await reader.ListAsync(page, mayWrite, ct), count);
    }
}
