using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;
using OS2iot.Core.Sync;

namespace OS2iot.Workers.Sigfox;

/// <summary>
/// Lets Sigfox follow: the callbacks of device types, and names and places of devices that could not be told at once. One login that
/// Sigfox refuses or limits holds up no other.
/// </summary>
internal sealed class SigfoxSync(SigfoxClient sigfox, SigfoxLogins logins, SigfoxCallbacks callbacks, TimeProvider clock) : SyncedSystem
{
    public override string Name => SigfoxChanges.System;

    public override bool IsOrdered => false;

    /// <summary>Few: each may need a dozen calls, and Sigfox takes 5 a second.</summary>
    public override int BatchSize => 4;

    public override async Task<SyncResult> ApplyAsync(AppDbContext db, SyncChange change, CancellationToken ct)
    {
        try
        {
            await (change.Kind == SigfoxChanges.DeviceType ? FollowTypeAsync(db, change.Key, ct) : FollowDeviceAsync(db, change.Key, ct));
            return SyncResult.Applied;
        }
        catch (SigfoxException exception)
        {
            await NoteFailureAsync(db, change, exception.Message, ct);
            return exception.Failure switch
            {
                SigfoxFailure.TooManyRequests => SyncResult.Later(exception.Message),
                SigfoxFailure.Unavailable => SyncResult.Unreachable(exception.Message),
                _ => SyncResult.Refused(exception.Message),
            };
        }
    }

    public override async Task<SyncDrift> CompareAsync(AppDbContext db, CancellationToken ct)
    {
        var drift = new SyncDrift();
        var (asked, unavailable) = (0, 0);
        foreach (var id in await TypesInUseAsync(db, ct))
        {
            if (await db.SigfoxDeviceTypes.Include(t => t.SigfoxGroup).SingleOrDefaultAsync(t => t.SigfoxId == id, ct) is not { } type)
            {
                drift.Missing.Add(new SyncedKey(SigfoxChanges.DeviceType, id));
                continue;
            }

            asked++;
            try
            {
                if (!await callbacks.IsGoodAsync(type, logins.Of(type.SigfoxGroup!), ct))
                {
                    drift.Different.Add(new SyncedKey(SigfoxChanges.DeviceType, id));
                }
            }
            catch (SigfoxException exception)
            {
                unavailable += exception.Failure == SigfoxFailure.Unavailable ? 1 : 0;
                (type.CallbacksCheckedAt, type.CallbacksError) = (clock.GetUtcNow(), exception.Message);
            }

            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
        }

        if (unavailable > 0 && unavailable == asked)
        {
            throw new HttpRequestException("SigFox can't be reached.");
        }

        await FindMissingDevicesAsync(db, ct);
        return drift;
    }

    private static Task<List<string>> TypesInUseAsync(AppDbContext db, CancellationToken ct) => db.SigfoxDevices
        .Where(d => d.SigfoxDeviceTypeId != null).Select(d => d.SigfoxDeviceTypeId!)
        .Union(db.SigfoxDevices.Where(d => d.NextDeviceTypeId != null).Select(d => d.NextDeviceTypeId!))
        .OrderBy(id => id).ToListAsync(ct);

    private async Task FollowTypeAsync(AppDbContext db, string sigfoxId, CancellationToken ct)
    {
        if (await callbacks.FindOrAddAsync(db, sigfoxId, ct) is { } type)
        {
            // Before Sigfox knows the secret: what is told to it must not be lost here.
            await db.SaveChangesAsync(ct);
            await callbacks.RepairAsync(type, logins.Of(type.SigfoxGroup!), ct);
            await db.SaveChangesAsync(ct);
        }
    }

    private async Task FollowDeviceAsync(AppDbContext db, string sigfoxId, CancellationToken ct)
    {
        var device = await db.SigfoxDevices.AsNoTracking().SingleOrDefaultAsync(d => d.SigfoxId == sigfoxId, ct);
        if (device is null || device.Registration is not null)
        {
            return;
        }

        var login = logins.Of(device.SigfoxGroup!);
        var found = await sigfox.FindDeviceAsync(login, sigfoxId, ct)
            ?? throw new SigfoxException(SigfoxFailure.NotFound, "SigFox does not have the device.");
        if (found.Differs(device))
        {
            await sigfox.UpdateDeviceAsync(login, found.As(device), ct);
        }
    }

    private async Task NoteFailureAsync(AppDbContext db, SyncChange change, string error, CancellationToken ct)
    {
        if (change.Kind == SigfoxChanges.DeviceType)
        {
            var now = clock.GetUtcNow();
            db.ChangeTracker.Clear();
            await db.SigfoxDeviceTypes.Where(t => t.SigfoxId == change.Key).ExecuteUpdateAsync(
                set => set.SetProperty(t => t.CallbacksError, error).SetProperty(t => t.CallbacksCheckedAt, now), ct);
        }
    }

    /// <summary>
    /// Notes which of our devices Sigfox does not have any more. Nothing is removed because of it, and a list that did not come, or came
    /// empty, says nothing.
    /// </summary>
    private async Task FindMissingDevicesAsync(AppDbContext db, CancellationToken ct)
    {
        var groups = await db.SigfoxGroups.AsNoTracking()
            .Where(g => g.SigfoxGroupId != "" && db.SigfoxDevices.Any(d => d.SigfoxGroupId == g.Id)).OrderBy(g => g.Id).ToListAsync(ct);
        foreach (var group in groups)
        {
            try
            {
                var devices = await sigfox.ListDevicesAsync(logins.Of(group), group.SigfoxGroupId, ct);
                if (devices.Count > 0)
                {
                    await NoteMissingAsync(db, group.Id, [.. devices.Select(d => d.Text("id")?.ToUpperInvariant()).OfType<string>()], ct);
                }
            }
            catch (SigfoxException)
            {
                // Told at its device types.
            }
        }
    }

    private async Task NoteMissingAsync(AppDbContext db, int groupId, string[] present, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO sigfox_states (device_id, missing_since)
            SELECT d.id, {now} FROM devices d
            WHERE d.sigfox_group_id = {groupId} AND d.sigfox_registration IS NULL AND NOT d.sigfox_id = ANY ({present})
            ON CONFLICT (device_id) DO UPDATE SET missing_since = coalesce(sigfox_states.missing_since, excluded.missing_since)
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE sigfox_states s SET missing_since = NULL FROM devices d
            WHERE d.id = s.device_id AND d.sigfox_group_id = {groupId} AND s.missing_since IS NOT NULL AND d.sigfox_id = ANY ({present})
            """,
            ct);
    }
}
