using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Connections;

/// <summary>Long enough for clients that never ask for a second page.</summary>
internal sealed class WholeListQuery : ListQuery
{
    protected override int DefaultLimit => 1000;
}

/// <summary>The connections of one device, showing only that device in each.</summary>
internal sealed class ListConnectionsOfDevice(AppDbContext db, Caller caller, ConnectionReader reader)
    : Endpoint<WholeListQuery, ListResponse<ConnectionListItem>>
{
    public override void Configure()
    {
        Get(ConnectionRequest.Path + "/byIoTDevice/{id}");
        Policies(Role.Read);
    }

    public override Task<ListResponse<ConnectionListItem>> ExecuteAsync(WholeListQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return reader.ListAsync(
            db.DataTargetConnections.VisibleTo(caller).Where(c => c.Devices.Any(d => d.Id == id)), list, onlyDeviceId: id, ct);
    }
}

/// <summary>The connections that use one decoder.</summary>
internal sealed class ListConnectionsOfPayloadDecoder(AppDbContext db, Caller caller, ConnectionReader reader)
    : Endpoint<WholeListQuery, ListResponse<ConnectionListItem>>
{
    public override void Configure()
    {
        Get(ConnectionRequest.Path + "/byPayloadDecoder/{id}");
        Policies(Role.Read);
    }

    public override Task<ListResponse<ConnectionListItem>> ExecuteAsync(WholeListQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return reader.ListAsync(
            db.DataTargetConnections.VisibleTo(caller).Where(c => c.PayloadDecoderId == id), list, onlyDeviceId: null, ct);
    }
}

/// <summary>The connections to one target.</summary>
internal sealed class ListConnectionsOfDataTarget(AppDbContext db, Caller caller, ConnectionReader reader)
    : Endpoint<WholeListQuery, ListResponse<ConnectionListItem>>
{
    public override void Configure()
    {
        Get(ConnectionRequest.Path + "/byDataTarget/{id}");
        Policies(Role.Read);
    }

    public override Task<ListResponse<ConnectionListItem>> ExecuteAsync(WholeListQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return reader.ListAsync(db.DataTargetConnections.VisibleTo(caller).Where(c => c.DataTargetId == id), list, onlyDeviceId: null, ct);
    }
}
