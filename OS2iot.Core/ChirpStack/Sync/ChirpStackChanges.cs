using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.Downlinks;
using OS2iot.Core.Gateways;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sync;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>Finds in a context what ChirpStack will have to follow.</summary>
public static class ChirpStackChanges
{
    /// <summary>The name of the system.</summary>
    public const string System = "chirpstack";

    public const string Application = "application";

    public const string DeviceProfile = "device-profile";

    public const string Gateway = "gateway";

    public const string Device = "device";

    public const string MulticastGroup = "multicast-group";

    /// <summary>What waits for a device.</summary>
    public const string Downlinks = "downlinks";

    /// <summary>What waits for a multicast group.</summary>
    public const string MulticastDownlinks = "multicast-downlinks";

    /// <summary>The member of a change's details that holds the id there.</summary>
    public const string IdThere = "id";

    /// <summary>The table that says which devices are in which group.</summary>
    private const string Members = "multicast_group_devices";

    /// <summary>Whether a device's columns are told there; the others are our business.</summary>
    private static readonly string[] OfDevice =
    [
        nameof(LoRaWanDevice.Name), nameof(LoRaWanDevice.ApplicationId), nameof(LoRaWanDevice.DevEui), nameof(LoRaWanDevice.JoinEui),
        nameof(LoRaWanDevice.DeviceProfileId), nameof(LoRaWanDevice.Activation), nameof(LoRaWanDevice.SkipFCntCheck),
        nameof(LoRaWanDevice.IsDisabled), nameof(LoRaWanDevice.NwkKeyCiphertext), nameof(LoRaWanDevice.AppKeyCiphertext),
        nameof(LoRaWanDevice.DevAddr), nameof(LoRaWanDevice.FCntUp), nameof(LoRaWanDevice.NFCntDown), nameof(LoRaWanDevice.AFCntDown),
        nameof(LoRaWanDevice.AppSKeyCiphertext), nameof(LoRaWanDevice.NwkSEncKeyCiphertext), nameof(LoRaWanDevice.SNwkSIntKeyCiphertext),
        nameof(LoRaWanDevice.FNwkSIntKeyCiphertext),
    ];

    private static readonly string[] OfApplication = [nameof(Applications.Application.Name), nameof(Applications.Application.Description)];

    /// <summary>
    /// What the tracked entities will have changed once they are saved, in the order in which ChirpStack takes it. Ids of new rows are
    /// known only then, so each is asked for later.
    /// </summary>
    public static async Task<IReadOnlyList<Func<SyncChange>>> FindAsync(AppDbContext db, CancellationToken ct)
    {
        db.ChangeTracker.DetectChanges();
        var found = new List<(int Order, Func<SyncChange> Change)>();
        foreach (var entry in db.ChangeTracker.Entries().Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList())
        {
            await AddAsync(db, found, entry, ct);
        }

        return [.. found.OrderBy(f => f.Order).Select(f => f.Change)];
    }

    private static async Task AddAsync(AppDbContext db, List<(int, Func<SyncChange>)> found, EntityEntry entry, CancellationToken ct)
    {
        var isRemoved = entry.State == EntityState.Deleted;
        switch (entry.Entity)
        {
            case LoRaWanDevice device:
                AddDevice(found, entry, device, isRemoved);
                break;
            case Gateway gateway:
                found.Add((isRemoved ? 6 : 3, () => Change(Gateway, gateway.GatewayId, isRemoved, null, gateway.OrganizationId)));
                break;
            case DeviceProfile profile:
                found.Add((isRemoved ? 8 : 1, () => Change(DeviceProfile, profile.Id.ToString(), isRemoved, profile.ChirpStackId, profile.OrganizationId)));
                break;
            case Application application when IsTold(entry, OfApplication) && application.ChirpStackId is not null:
                found.Add((isRemoved ? 7 : 2, () => Change(Application, Text(application.Id), isRemoved, application.ChirpStackId, application.OrganizationId)));
                break;
            case MulticastGroup group:
                var there = isRemoved
                    ? await db.MulticastGroups.Where(g => g.Id == group.Id).Select(g => g.LoRaWan!.ChirpStackGroupId).SingleOrDefaultAsync(ct)
                    : null;
                found.Add((isRemoved ? 5 : 4, () => Change(MulticastGroup, Text(group.Id), isRemoved, there, null)));
                break;
            case LoRaWanMulticast { MulticastGroupId: > 0 } session when entry.State == EntityState.Modified:
                found.Add((4, () => Change(MulticastGroup, Text(session.MulticastGroupId), false, null, null)));
                break;
            case DownlinkQueueItem item when !isRemoved:
                var devEui = await db.LoRaWanDevices.Where(d => d.Id == item.DeviceId).Select(d => d.DevEui).SingleOrDefaultAsync(ct);
                if (devEui is not null)
                {
                    found.Add((9, () => Change(Downlinks, devEui, false, null, null)));
                }

                break;
            case MulticastDownlink { MulticastGroupId: > 0 } message when !isRemoved:
                found.Add((9, () => Change(MulticastDownlinks, Text(message.MulticastGroupId), false, null, null)));
                break;
            case Organization organization when isRemoved:
                await AddBelowAsync(db, found, organization.Id, ct);
                break;
            case Dictionary<string, object> when entry.Metadata.GetTableName() == Members:
                var groupId = (int)entry.Property("MulticastGroupsId").CurrentValue!;
                if (groupId > 0)
                {
                    found.Add((4, () => Change(MulticastGroup, Text(groupId), false, null, null)));
                }

                break;
        }
    }

    private static void AddDevice(List<(int, Func<SyncChange>)> found, EntityEntry entry, LoRaWanDevice device, bool isRemoved)
    {
        if (!IsTold(entry, OfDevice))
        {
            return;
        }

        // A device with another id is another one there.
        if (entry.State == EntityState.Modified && entry.Property(nameof(LoRaWanDevice.DevEui)).OriginalValue is string before && before != device.DevEui)
        {
            found.Add((3, () => Change(Device, before, true, null, null)));
        }

        found.Add((isRemoved ? 6 : 3, () => Change(Device, device.DevEui, isRemoved, null, null)));
    }

    /// <summary>What goes with an organization. Its devices and groups go with their applications.</summary>
    private static async Task AddBelowAsync(AppDbContext db, List<(int, Func<SyncChange>)> found, int organizationId, CancellationToken ct)
    {
        foreach (var gateway in await db.Gateways.Where(g => g.OrganizationId == organizationId).Select(g => g.GatewayId).ToListAsync(ct))
        {
            found.Add((6, () => Change(Gateway, gateway, true, null, organizationId)));
        }

        var applications = await db.Applications.Where(a => a.OrganizationId == organizationId && a.ChirpStackId != null)
            .Select(a => new { a.Id, a.ChirpStackId }).ToListAsync(ct);
        applications.ForEach(a => found.Add((7, () => Change(Application, Text(a.Id), true, a.ChirpStackId, organizationId))));
        var profiles = await db.DeviceProfiles.Where(p => p.OrganizationId == organizationId && p.ChirpStackId != null)
            .Select(p => new { p.Id, p.ChirpStackId }).ToListAsync(ct);
        profiles.ForEach(p => found.Add((8, () => Change(DeviceProfile, p.Id.ToString(), true, p.ChirpStackId, organizationId))));
    }

    private static bool IsTold(EntityEntry entry, string[] columns) =>
        entry.State != EntityState.Modified || columns.Any(c => entry.Property(c).IsModified);

    private static SyncChange Change(string kind, string key, bool isRemoval, string? idThere, int? organizationId) => new()
    {
        System = System,
        Kind = kind,
        Key = key,
        IsRemoval = isRemoval,
        Details = idThere is null ? null : JsonSerializer.Serialize(new Dictionary<string, string> { [IdThere] = idThere }),
        OrganizationId = organizationId,
    };

    private static string Text(int id) => id.ToString(global::System.Globalization.CultureInfo.InvariantCulture);
}
