using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Connections;

/// <summary>One connection. A foreign one answers as a missing one.</summary>
internal sealed class GetConnection(AppDbContext db, Caller caller, ConnectionReader reader) : EndpointWithoutRequest<ConnectionDetails>
{
    public override void Configure()
    {
        Get(ConnectionRequest.Path + "/{id}");
        Policies(Role.Read);
    }

    public override async Task<ConnectionDetails> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return await reader.FindAsync(db.DataTargetConnections.VisibleTo(caller), id, ct) ?? throw DataTargetQueries.NoSuchConnection(id);
    }
}
