using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

internal sealed class ListDevicesOfPayloadDecoderQuery : ListQuery
{
    protected override int DefaultLimit => 20;
}

/// <summary>The little that a list of a decoder's users shows of a device.</summary>
internal sealed record MinimalDevice(int Id, string Name, DateTimeOffset? LastActiveTime, int OrganizationId, int ApplicationId)
{
    /// <summary>Always: others are not in the list.</summary>
    public bool CanRead { get; } = true;
}

/// <summary>The devices that the caller may read whose messages a decoder decodes.</summary>
internal sealed class ListDevicesOfPayloadDecoder(AppDbContext db, Caller caller)
    : Endpoint<ListDevicesOfPayloadDecoderQuery, ListResponse<MinimalDevice>>
{
    public override void Configure()
    {
        Get("iot-device/minimalByPayloadDecoder/{id}");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<MinimalDevice>> ExecuteAsync(ListDevicesOfPayloadDecoderQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var connections = await db.DataTargetConnections.VisibleTo(caller).Where(c => c.PayloadDecoderId == id).Select(c => c.Id).ToListAsync(ct);
        if (connections.Count == 0)
        {
            return new ListResponse<MinimalDevice>([], 0);
        }

        // A connection's devices are of its application, so whoever reads it reads them; the table between both has all that is counted.
        var ids = db.Set<Dictionary<string, object>>("data_target_connection_devices")
            .Where(j => connections.Contains((int)j["ConnectionId"])).Select(j => (int)j["DeviceId"]).Distinct();
        var page = await (list.IsDescending ? ids.OrderDescending() : ids.Order()).Skip(list.Offset).Take(list.Limit).ToListAsync(ct);
        var devices = db.Devices.AsNoTracking().VisibleTo(caller).Where(d => page.Contains(d.Id)).Select(d => new MinimalDevice(
            d.Id, d.Name, d.State == null ? null : d.State.LastSeenAt, d.Application!.OrganizationId, d.ApplicationId));
        var found = await devices.ToDictionaryAsync(d => d.Id, ct);
        return new ListResponse<MinimalDevice>([.. page.Where(found.ContainsKey).Select(d => found[d])], await ids.CountAsync(ct));
    }
}
