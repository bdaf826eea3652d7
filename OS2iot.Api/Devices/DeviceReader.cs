using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Downlinks;
using OS2iot.Core.Organizations;
using OS2iot.Core.Uplinks;

namespace OS2iot.Api.Devices;

/// <summary>Reads devices as they are shown.</summary>
internal sealed class DeviceReader(AppDbContext db, Caller caller, DeviceNetworks networks)
{
    private const int MetadataCount = 20;

    /// <summary>Null where there is no such device, or none that the caller may see.</summary>
    public async Task<DeviceDetails?> FindAsync(int id, CancellationToken ct)
    {
        var writable = db.Devices.WritableBy(caller);
        var found = await db.Devices.AsNoTracking().VisibleTo(caller).Include(d => d.State)
            .Include(d => d.Downlinks.Where(i => i.State == DownlinkState.Pending).OrderBy(i => i.Id)).Where(d => d.Id == id)
            .Select(d => new
            {
                Device = d,
                d.Application,
                PermissionIds = d.Application!.Permissions.Select(p => p.Id).ToList(),
                MayWrite = writable.Any(w => w.Id == d.Id),
            })
            .SingleOrDefaultAsync(ct);
        if (found is null)
        {
            return null;
        }

        var newest = await db.ReceivedMessages.AsNoTracking().Where(m => m.DeviceId == id)
            .OrderByDescending(m => m.ReceivedAt).ThenByDescending(m => m.Id).Take(MetadataCount)
            .Select(m => new { m.Id, m.Number, m.ReceivedAt, m.SentAt })
            .ToListAsync(ct);
        var latest = newest.Count == 0
            ? null
            : await db.ReceivedMessages.AsNoTracking()
                .SingleOrDefaultAsync(m => m.ReceivedAt == newest[0].ReceivedAt && m.Id == newest[0].Id, ct);

        return new DeviceDetails(
            found.Device,
            networks.Details(found.Device, showSecrets: found.MayWrite),
            new ApplicationCore(found.Application!, found.PermissionIds),
            [.. newest.Select(m => new ReceivedMessageMetadata(m.Number, m.ReceivedAt, m.ReceivedAt, m.SentAt ?? m.ReceivedAt, null))],
            latest);
    }

    /// <summary>The page's devices with their newest message, in the page's order.</summary>
    public async Task<List<DeviceListItem>> ListAsync(IQueryable<Device> page, bool showSecrets, CancellationToken ct)
    {
        var devices = await page.AsNoTracking().AsSplitQuery()
            .Include(d => d.Connections.OrderBy(c => c.Id)).Include(d => d.State).ToListAsync(ct);
        var times = devices.Where(d => d.State is not null).Select(d => d.State!.LastSeenAt).ToList();
        var ids = devices.Where(d => d.State is not null).Select(d => d.State!.LastMessageId).ToList();

        // By primary key, of which the time also names the partition.
        var latest = await db.ReceivedMessages.AsNoTracking()
            .Where(m => times.Contains(m.ReceivedAt) && ids.Contains(m.Id)).ToDictionaryAsync(m => m.Id, ct);
        return [.. devices.Select(d => new DeviceListItem(d, networks.Details(d, showSecrets), LatestOf(d, latest)))];
    }

    private static ReceivedMessage? LatestOf(Device device, Dictionary<Guid, ReceivedMessage> latest) =>
        device.State is { } state && latest.TryGetValue(state.LastMessageId, out var message) ? message : null;
}
