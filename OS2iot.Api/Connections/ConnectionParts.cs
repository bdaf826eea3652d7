using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Connections;

/// <summary>What a connection joins, found and allowed.</summary>
internal sealed record ConnectionParts(List<Device> Devices, DataTarget Target)
{
    /// <exception cref="Refusal">Something is missing, foreign, or of another application.</exception>
    public static async Task<ConnectionParts> FindAsync(AppDbContext db, Caller caller, ConnectionRequest request, CancellationToken ct)
    {
        var ids = request.DeviceIds ?? [];
        var devices = await db.Devices.Where(d => ids.Contains(d.Id)).ToListAsync(ct);
        if (devices.Count == 0)
        {
            throw Refusal.BadRequest("Must contain at least one IoTDevice");
        }

        if (await db.Devices.WritableBy(caller).CountAsync(d => ids.Contains(d.Id), ct) < devices.Count)
        {
            throw Refusal.Forbidden();
        }

        var target = await db.DataTargets.WritableBy(caller).SingleOrDefaultAsync(t => t.Id == request.DataTargetId, ct)
            ?? throw Refusal.BadRequest($"Could not find DataTarget by id: '{request.DataTargetId}'");
        if (devices.Any(d => d.ApplicationId != target.ApplicationId))
        {
            throw Refusal.BadRequest(ErrorCodes.NotSameApplication);
        }

        if (request.PayloadDecoderId is { IsPresent: true, Value: { } decoderId }
            && !await db.PayloadDecoders.VisibleTo(caller).AnyAsync(d => d.Id == decoderId, ct))
        {
            throw Refusal.BadRequest($"Could not find PayloadDecoder by id: '{decoderId}'");
        }

        return new ConnectionParts(devices, target);
    }
}
