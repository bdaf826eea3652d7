using System.Globalization;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Core.Database;
using OS2iot.Core.Downlinks;
using OS2iot.Core.NetworkEvents;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>
/// Hands over what waits for devices and groups. At most one message of each waits, so the queue there is emptied first: that is also why
/// handing over twice does no harm.
/// </summary>
internal sealed class SyncedDownlinks(ChirpStackClient client)
{
    /// <summary>What became of a message may be told before we noted under which id the network has it.</summary>
    private const string CatchUp =
        """
        UPDATE downlinks d SET state = 2, sent_at = coalesce(e.sent_at, e.received_at)
        FROM network_events e
        WHERE d.id = {0} AND d.state = 1 AND e.device_id = d.device_id AND e.kind = {1} AND e.received_at >= d.created_at
          AND convert_from(e.payload, 'UTF8')::jsonb ->> 'queueItemId' = d.network_item_id
        """;

    public async Task ApplyToDeviceAsync(AppDbContext db, string devEui, CancellationToken ct)
    {
        var pending = await db.Downlinks.AsNoTracking().Where(i => i.State == DownlinkState.Pending && ((LoRaWanDevice)i.Device!).DevEui == devEui)
            .OrderBy(i => i.Id).ToListAsync(ct);
        if (!await FlushAsync(() => client.Devices.FlushQueueAsync(devEui, ct)) && pending.Count == 0)
        {
            return;
        }

        foreach (var item in pending)
        {
            var id = await client.Devices.EnqueueAsync(
                new DeviceQueueItem
                {
                    DevEui = devEui,
                    FPort = (uint)(item.FPort ?? 0),
                    Confirmed = item.Confirmed,
                    Data = ByteString.CopyFrom(item.Payload),
                },
                ct);
            await db.Downlinks.Where(i => i.Id == item.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(i => i.State, DownlinkState.Queued).SetProperty(i => i.NetworkItemId, id), ct);
            await db.Database.ExecuteSqlRawAsync(CatchUp, [item.Id, NetworkEventKind.TxAck.ToWire()], ct);
        }
    }

    public async Task ApplyToGroupAsync(AppDbContext db, string key, CancellationToken ct)
    {
        var groupId = int.Parse(key, CultureInfo.InvariantCulture);
        var there = await db.Set<LoRaWanMulticast>().Where(m => m.MulticastGroupId == groupId).Select(m => m.ChirpStackGroupId).SingleOrDefaultAsync(ct);
        if (there is null)
        {
            return;
        }

        var pending = await db.MulticastDownlinks.AsNoTracking().Where(d => d.MulticastGroupId == groupId && d.State == DownlinkState.Pending)
            .OrderBy(d => d.Id).ToListAsync(ct);
        await FlushAsync(() => client.MulticastGroups.FlushQueueAsync(there, ct));
        foreach (var item in pending)
        {
            long fCnt = await client.MulticastGroups.EnqueueAsync(
                new MulticastGroupQueueItem { MulticastGroupId = there, FPort = (uint)item.FPort, Data = ByteString.CopyFrom(item.Payload) }, ct);
            await db.MulticastDownlinks.Where(d => d.Id == item.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(d => d.State, DownlinkState.Queued).SetProperty(d => d.FCntDown, fCnt), ct);
            await db.Set<LoRaWanMulticast>().Where(m => m.MulticastGroupId == groupId)
                .ExecuteUpdateAsync(s => s.SetProperty(m => m.FrameCounter, fCnt + 1), ct);
        }
    }

    /// <returns>False where there is nobody whose queue it would be.</returns>
    private static async Task<bool> FlushAsync(Func<Task> flush)
    {
        try
        {
            await flush();
            return true;
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            return false;
        }
    }
}
