using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Connections;

/// <summary>Removes a connection; devices, decoder and target stay.</summary>
internal sealed class DeleteConnection(AppDbContext db, Caller caller) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete(ConnectionRequest.Path + "/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var connection = await db.DataTargetConnections.WritableBy(caller).SingleOrDefaultAsync(c => c.Id == id, ct)
            ?? throw await db.DataTargetConnections.MissingAsync(id, ct);
        return await db.RemoveAndSaveAsync(connection, ct);
    }
}
