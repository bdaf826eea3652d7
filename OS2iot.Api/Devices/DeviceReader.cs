using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Applications;
using OS2iot.Api.DeviceModels;
using OS2iot.Core.ChirpStack;
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

        // One device with a few rows beside it: fetched at once.
        var found = await db.Devices.AsNoTracking().AsSingleQuery().VisibleTo(caller).Include(d => d.State).Include(d => ((LoRaWanDevice)d).Radio)
            .Include(d => d.Downlinks.Where(i => i.State == DownlinkState.Pending).OrderBy(i => i.Id)).Where(d => d.Id == id)
            .Select(d => new
            {
                Device = d,
                d.Application,
                PermissionIds = d.Application!.Permissions.OrderBy(p => p.Id).Select(p => p.Id).ToList(),
                MayWrite = writable.Any(w => w.Id == d.Id),
                Model = d.DeviceModel,
                ModelOrganization = d.DeviceModel!.Organization,
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
            latest,
            found.Model is null ? null : new DeviceModelDetails(found.Model, found.ModelOrganization));
    }

    /// <summary>The devices of a page with their newest message, in the order of the ids. Five commands, however many devices.</summary>
    public async Task<List<DeviceListItem>> ListAsync(IReadOnlyList<int> ids, bool showSecrets, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var devices = await db.Devices.AsNoTracking().AsSplitQuery().Where(d => ids.Contains(d.Id))
            .Include(d => d.Connections.OrderBy(c => c.Id)).Include(d => d.State).Include(d => ((LoRaWanDevice)d).Radio)
            .OrderBy(d => d.Id).ToDictionaryAsync(d => d.Id, ct);
        var models = await ModelsOf(devices.Values).ToDictionaryAsync(m => m.Id, m => new DeviceModelCore(m), ct);
        var times = devices.Values.Where(d => d.State is not null).Select(d => d.State!.LastSeenAt).ToList();
        var messages = devices.Values.Where(d => d.State is not null).Select(d => d.State!.LastMessageId).ToList();

        // By primary key, of which the time also names the partition.
        var latest = await db.ReceivedMessages.AsNoTracking()
            .Where(m => times.Contains(m.ReceivedAt) && messages.Contains(m.Id)).ToDictionaryAsync(m => m.Id, ct);
        return [.. ids.Where(devices.ContainsKey).Select(id => devices[id]).Select(d => new DeviceListItem(
            d, networks.Details(d, showSecrets), LatestOf(d, latest), d.DeviceModelId is { } model ? models.GetValueOrDefault(model) : null))];
    }

    /// <summary>Devices that the caller has just saved, by id. Four commands, however many.</summary>
    public async Task<Dictionary<int, SavedDevice>> SavedAsync(IReadOnlyList<int> ids, CancellationToken ct)
    {
        var devices = await db.Devices.AsNoTracking().WritableBy(caller).Where(d => ids.Contains(d.Id)).ToListAsync(ct);
        var applications = await db.CoresAsync(devices.Select(d => d.ApplicationId), ct);
        var models = await ModelsOf(devices).Include(m => m.Organization).ToDictionaryAsync(m => m.Id, m => new DeviceModelDetails(m, m.Organization), ct);
        return devices.Where(d => applications.ContainsKey(d.ApplicationId)).ToDictionary(d => d.Id, d => new SavedDevice(
            d, networks.Columns(d, showSecrets: true), applications[d.ApplicationId],
            d.DeviceModelId is { } model ? models.GetValueOrDefault(model) : null));
    }

    private IQueryable<DeviceModel> ModelsOf(IEnumerable<Device> devices)
    {
        var ids = devices.Select(d => d.DeviceModelId).OfType<int>().Distinct().ToList();
        return db.DeviceModels.AsNoTracking().Where(m => ids.Contains(m.Id));
    }

    private static ReceivedMessage? LatestOf(Device device, Dictionary<Guid, ReceivedMessage> latest) =>
        device.State is { } state && latest.TryGetValue(state.LastMessageId, out var message) ? message : null;
}
