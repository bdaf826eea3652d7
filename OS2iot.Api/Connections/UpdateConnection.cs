using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Connections;

/// <summary>Changes what a connection joins. The devices sent replace those it had.</summary>
internal sealed class UpdateConnection(AppDbContext db, Caller caller, ConnectionReader reader)
    : Endpoint<ConnectionRequest, ConnectionDetails>
{
    public override void Configure()
    {
        Put(ConnectionRequest.Path + "/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<ConnectionDetails> ExecuteAsync(ConnectionRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        await using var transaction = await db.LockAsync<DataTargetConnection>(id, ct);
        var connection = await db.DataTargetConnections.WritableBy(caller).Include(c => c.Devices).SingleOrDefaultAsync(c => c.Id == id, ct)
            ?? throw await db.DataTargetConnections.MissingAsync(id, ct);
        var parts = await ConnectionParts.FindAsync(db, caller, request, ct);
        connection.DataTargetId = parts.Target.Id;
        connection.PayloadDecoderId = request.PayloadDecoderId.Or(connection.PayloadDecoderId);
        connection.Devices.RemoveAll(d => !parts.Devices.Contains(d));
        connection.Devices.AddRange(parts.Devices.Except(connection.Devices).ToList());
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return await reader.FindAsync(db.DataTargetConnections, id, ct) ?? throw Refusal.NotFound();
    }
}
