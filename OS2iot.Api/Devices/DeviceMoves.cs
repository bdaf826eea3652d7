using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;

namespace OS2iot.Api.Devices;

internal static class DeviceMoves
{
    /// <summary>
    /// Takes devices that go to another application out of the connections and multicast groups of the one they leave. Saved by the
    /// caller; the devices must be tracked. Two commands, however many devices.
    /// </summary>
    public static async Task LeaveApplicationAsync(this AppDbContext db, IReadOnlyList<int> deviceIds, CancellationToken ct)
    {
        if (deviceIds.Count == 0)
        {
            return;
        }

        var connections = await db.DataTargetConnections.Include(c => c.Devices.Where(d => deviceIds.Contains(d.Id)))
            .Where(c => c.Devices.Any(d => deviceIds.Contains(d.Id))).ToListAsync(ct);
        connections.ForEach(c => c.Devices.RemoveAll(d => deviceIds.Contains(d.Id)));
        var groups = await db.MulticastGroups.Include(g => g.Devices.Where(d => deviceIds.Contains(d.Id)))
            .Where(g => g.Devices.Any(d => deviceIds.Contains(d.Id))).ToListAsync(ct);
        groups.ForEach(g => g.Devices.RemoveAll(d => deviceIds.Contains(d.Id)));
    }
}
