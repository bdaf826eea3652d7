using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
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
    private static readonly SortOrders<Device> Orders = new(d => d.Id);

    public override void Configure()
    {
        Get("iot-device/minimalByPayloadDecoder/{id}");
        Policies(Role.Read);
    }

    public override Task<ListResponse<MinimalDevice>> ExecuteAsync(ListDevicesOfPayloadDecoderQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var devices = db.Devices.AsNoTracking().VisibleTo(caller).Where(d => d.Connections.Any(c => c.PayloadDecoderId == id));
        return Orders.ListAsync(
            devices, list,
            d => new MinimalDevice(
                d.Id, d.Name, d.State == null ? null : d.State.LastSeenAt, d.Application!.OrganizationId, d.ApplicationId),
            ct);
    }
}
