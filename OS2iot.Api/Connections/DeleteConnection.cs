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
        return await db.DataTargetConnections.WritableBy(caller).Where(c => c.Id == id).ExecuteDeleteAsync(ct) == 0
            ? throw await db.DataTargetConnections.MissingAsync(id, ct)
            : AffectedResponse.One;
    }
}
