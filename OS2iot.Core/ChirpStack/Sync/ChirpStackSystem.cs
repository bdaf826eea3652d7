using System.Text.Json;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>
/// ChirpStack follows our database: never the other way. What other people made there is left alone; ours is known by its tags, by the
/// ids that we keep, or by being in an application of ours.
/// </summary>
internal sealed class ChirpStackSystem(
    SyncedApplications applications, SyncedDeviceProfiles profiles, SyncedGateways gateways, SyncedDevices devices, SyncedMulticastGroups groups,
    SyncedDownlinks downlinks)
    : SyncedSystem
{
    public override string Name => ChirpStackChanges.System;

    public override async Task<SyncResult> ApplyAsync(AppDbContext db, SyncChange change, CancellationToken ct)
    {
        try
        {
            await (change.Kind switch
            {
                ChirpStackChanges.Application => applications.ApplyAsync(db, change.Key, IdAt(change), ct),
                ChirpStackChanges.DeviceProfile => profiles.ApplyAsync(db, change.Key, IdAt(change), ct),
                ChirpStackChanges.Gateway => gateways.ApplyAsync(db, change.Key, ct),
                ChirpStackChanges.Device => devices.ApplyAsync(db, change.Key, ct),
                ChirpStackChanges.MulticastGroup => groups.ApplyAsync(db, change.Key, IdAt(change), ct),
                ChirpStackChanges.Downlinks => downlinks.ApplyToDeviceAsync(db, change.Key, ct),
                ChirpStackChanges.MulticastDownlinks => downlinks.ApplyToGroupAsync(db, change.Key, ct),
                _ => throw new InvalidOperationException($"ChirpStack has no {change.Kind}."),
            });
            return SyncResult.Applied;
        }
        catch (ChirpStackException exception)
        {
            return exception.IsTemporary ? SyncResult.Unreachable(exception.Message) : SyncResult.Refused(exception.Message);
        }
    }

    public override async Task<SyncDrift> CompareAsync(AppDbContext db, CancellationToken ct)
    {
        var drift = new SyncDrift();
        await profiles.CompareAsync(db, drift, ct);
        await gateways.CompareAsync(db, drift, ct);
        await applications.CompareAsync(db, drift, ct);
        await devices.CompareAsync(db, drift, ct);
        await groups.CompareAsync(db, drift, ct);
        return drift;
    }

    public override bool IsOutage(Exception exception) =>
        exception is ChirpStackException { IsTemporary: true } || base.IsOutage(exception);

    /// <summary>The id there of a thing whose row is gone.</summary>
    private static string? IdAt(SyncChange change)
    {
        if (change.Details is null)
        {
            return null;
        }

        using var details = JsonDocument.Parse(change.Details);
        return details.RootElement.TryGetProperty(ChirpStackChanges.IdThere, out var id) ? id.GetString() : null;
    }
}
