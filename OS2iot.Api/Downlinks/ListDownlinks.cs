using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Downlinks;

/// <summary>The messages to a device, newest first unless asked for otherwise, with what became of each.</summary>
internal sealed class ListDownlinks(AppDbContext db, Caller caller) : Endpoint<ListQuery, ListResponse<DownlinkResponse>>
{
    public override void Configure()
    {
        Get("iot-device/{id}/downlinks");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<DownlinkResponse>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        if (!await db.Devices.VisibleTo(caller).AnyAsync(d => d.Id == id, ct))
        {
            throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
        }

        var items = db.Downlinks.AsNoTracking().Where(i => i.DeviceId == id);
        var ordered = list.Sort is null || list.IsDescending
            ? items.OrderByDescending(i => i.CreatedAt).ThenByDescending(i => i.Id)
            : items.OrderBy(i => i.CreatedAt).ThenBy(i => i.Id);
        return new ListResponse<DownlinkResponse>(
            await ordered.Skip(list.Offset).Take(list.Limit).Select(i => new DownlinkResponse(i)).ToListAsync(ct), await items.CountAsync(ct));
    }
}
