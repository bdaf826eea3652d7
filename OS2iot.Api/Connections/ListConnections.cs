using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Connections;

/// <summary>The connections in the applications that the caller may read.</summary>
internal sealed class ListConnections(AppDbContext db, Caller caller, ConnectionReader reader)
    : Endpoint<ListQuery, ListResponse<ConnectionListItem>>
{
    public override void Configure()
    {
        Get(ConnectionRequest.Path);
        Policies(Role.Read);
    }

    public override Task<ListResponse<ConnectionListItem>> ExecuteAsync(ListQuery list, CancellationToken ct) =>
        reader.ListAsync(db.DataTargetConnections.VisibleTo(caller), list, onlyDeviceId: null, ct);
}
