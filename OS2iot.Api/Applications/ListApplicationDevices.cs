using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Applications;

/// <summary>An application's devices with their newest message.</summary>
[OrdersOn("id", "name", "active", "rssi", "snr", "deviceModel", "dataTargets")]
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
        var writable = db.Applications.WritableBy(caller);
        var application = await db.Applications.VisibleTo(caller).Where(a => a.Id == id)
            .Select(a => new { a.DeviceCount, MayWrite = writable.Any(w => w.Id == id) }).SingleOrDefaultAsync(ct);
        if (application is null)
        {
            return caller.IsGlobalAdmin ? new ListResponse<DeviceListItem>([], 0) : throw Refusal.Forbidden();
        }

        var count = application.DeviceCount;
        var page = await new ApplicationDevicePages(db, id, count).FindAsync(list, ct);
        return new ListResponse<DeviceListItem>(await reader.ListAsync(page, application.MayWrite, ct), count);
    }
}
