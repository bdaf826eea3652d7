using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Connections;

/// <summary>Sends the messages of devices to a target, by way of a decoder or as they came.</summary>
internal sealed class CreateConnection(AppDbContext db, Caller caller, ConnectionReader reader)
    : Endpoint<ConnectionRequest, ConnectionDetails>
{
    public override void Configure()
    {
        Post(ConnectionRequest.Path);
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<ConnectionDetails> ExecuteAsync(ConnectionRequest request, CancellationToken ct)
    {
        var parts = await ConnectionParts.FindAsync(db, caller, request, ct);
        var connection = new DataTargetConnection { DataTargetId = parts.Target.Id, PayloadDecoderId = request.PayloadDecoderId.Or(null) };
        connection.Devices.AddRange(parts.Devices);
        db.DataTargetConnections.Add(connection);
        await db.SaveChangesAsync(ct);
        return await reader.FindAsync(db.DataTargetConnections, connection.Id, ct) ?? throw Refusal.NotFound();
    }
}
