using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Sigfox;

namespace OS2iot.Core.Downlinks;

/// <summary>
/// The messages that wait for a device. A row that is <see cref="DownlinkState.Pending"/> is what a network's sender has to hand over;
/// whoever does, empties the network's own queue first, because at most one message of a device waits.
/// </summary>
public static class DownlinkQueue
{
    public static IQueryable<DownlinkQueueItem> Waiting(this IQueryable<DownlinkQueueItem> items) =>
        items.Where(i => i.State == DownlinkState.Pending || i.State == DownlinkState.Queued);

    /// <summary>Lets a message wait in place of those that did. Who calls this saves, in a transaction that locked the device.</summary>
    public static async Task ReplaceWaitingAsync(this AppDbContext db, Device device, DownlinkQueueItem item, CancellationToken ct)
    {
        foreach (var earlier in await db.Downlinks.Waiting().Where(i => i.DeviceId == device.Id).ToListAsync(ct))
        {
            earlier.State = DownlinkState.Flushed;
        }

        // An imported device may still have one there.
        if (device is SigfoxDevice sigfox)
        {
            sigfox.DownlinkPayload = null;
        }

        db.Downlinks.Add(item);
    }
}
