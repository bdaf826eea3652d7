using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Core.Database;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sync;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>Devices with their keys or their session.</summary>
internal sealed class SyncedDevices(
    ChirpStackClient client, ChirpStackTenant tenant, SyncedApplications applications, SyncedDeviceProfiles profiles, SecretProtector protector)
{
    public async Task ApplyAsync(AppDbContext db, string devEui, CancellationToken ct)
    {
        var row = await db.LoRaWanDevices.AsNoTracking().Include(d => d.Application).SingleOrDefaultAsync(d => d.DevEui == devEui, ct);
        if (row is null)
        {
            await RemoveAsync(db, devEui, ct);
            return;
        }

        var application = row.Application!.ChirpStackId ?? await applications.EnsureAsync(db, row.ApplicationId, ct);
        var profile = await profiles.EnsureAsync(db, row.DeviceProfile!, ct);
        var isNew = await WriteAsync(db, row, application, profile, ct);
        await WriteSessionAsync(row, isNew, ct);
        if (row.ChirpStackApplicationId != application)
        {
            await db.LoRaWanDevices.Where(d => d.Id == row.Id).ExecuteUpdateAsync(s => s.SetProperty(d => d.ChirpStackApplicationId, application), ct);
        }
    }

    public async Task CompareAsync(AppDbContext db, SyncDrift drift, CancellationToken ct)
    {
        var ours = await db.LoRaWanDevices.AsNoTracking().IgnoreAutoIncludes()
            .Select(d => new { d.Id, d.DevEui, d.Name, d.DeviceProfile!.ChirpStackId, Application = d.Application!.ChirpStackId }).ToListAsync(ct);
        var byEui = ours.ToDictionary(d => d.DevEui);
        var seen = new HashSet<string>();
        foreach (var application in await KnownApplicationsAsync(db, ct))
        {
            foreach (var there in await ListAsync(application, ct))
            {
                seen.Add(there.DevEui);
                if (!byEui.TryGetValue(there.DevEui, out var device))
                {
                    drift.Extra.Add(KeyOf(there.DevEui));
                }
                else if (device.Name != there.Name || device.ChirpStackId != there.DeviceProfileId || device.Application != application)
                {
                    drift.Different.Add(KeyOf(there.DevEui));
                }
            }
        }

        drift.Missing.AddRange(ours.Where(d => !seen.Contains(d.DevEui)).Select(d => KeyOf(d.DevEui)));
    }

    private static Task<List<string>> KnownApplicationsAsync(AppDbContext db, CancellationToken ct) =>
        db.Applications.Where(a => a.ChirpStackId != null).Select(a => a.ChirpStackId!).ToListAsync(ct);

    private static SyncedKey KeyOf(string devEui) => new(ChirpStackChanges.Device, devEui);

    // One that is gone is listed as missing already.
    private async Task<IReadOnlyList<DeviceListItem>> ListAsync(string application, CancellationToken ct)
    {
        try
        {
            return await client.Devices.ListAsync(application, ct);
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            return [];
        }
    }

    private async Task<Device?> FindAsync(string devEui, CancellationToken ct)
    {
        try
        {
            return (await client.Devices.GetAsync(devEui, ct)).Device;
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            return null;
        }
    }

    /// <returns>Whether it is new there.</returns>
    private async Task<bool> WriteAsync(AppDbContext db, LoRaWanDevice row, string application, string profile, CancellationToken ct)
    {
        if (row.ChirpStackApplicationId is null && await TryCreateAsync(row, application, profile, ct))
        {
            return true;
        }

        if (await FindAsync(row.DevEui, ct) is not { } known)
        {
            await client.Devices.CreateAsync(Wanted(new Device { DevEui = row.DevEui }, row, application, profile), ct);
            return true;
        }

        if (known.ApplicationId != application && !await IsOursAsync(db, known, ct))
        {
            throw new ChirpStackException(ChirpStackFailure.AlreadyExists, "ChirpStack has the device already, in another tenant.");
        }

        var wanted = Wanted(known, row, application, profile);
        if (!wanted.Equals(known))
        {
            await client.Devices.UpdateAsync(wanted, ct);
        }

        return false;
    }

    /// <returns>False where it is there already.</returns>
    private async Task<bool> TryCreateAsync(LoRaWanDevice row, string application, string profile, CancellationToken ct)
    {
        try
        {
            await client.Devices.CreateAsync(Wanted(new Device { DevEui = row.DevEui }, row, application, profile), ct);
            return true;
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.AlreadyExists)
        {
            return false;
        }
    }

    private async Task<bool> IsOursAsync(AppDbContext db, Device known, CancellationToken ct) =>
        await db.Applications.AnyAsync(a => a.ChirpStackId == known.ApplicationId, ct)
        || (await client.Applications.GetAsync(known.ApplicationId, ct)).TenantId == await tenant.IdAsync(db, ct);

    private async Task RemoveAsync(AppDbContext db, string devEui, CancellationToken ct)
    {
        try
        {
            if (await FindAsync(devEui, ct) is { } known && await IsOursAsync(db, known, ct))
            {
                await client.Devices.DeleteAsync(devEui, ct);
            }
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            // Somebody else did.
        }
    }

    private static Device Wanted(Device known, LoRaWanDevice row, string application, string profile)
    {
        var wanted = known.Clone();
        wanted.Name = row.Name;
        wanted.Description = ChirpStackTags.Description;
        (wanted.ApplicationId, wanted.DeviceProfileId) = (application, profile);
        (wanted.SkipFcntCheck, wanted.IsDisabled) = (row.SkipFCntCheck, row.IsDisabled);
        wanted.JoinEui = row.JoinEui ?? (known.JoinEui.Length > 0 ? known.JoinEui : new string('0', 16));
        ChirpStackTags.Set(wanted.Tags, row.Id.ToString(CultureInfo.InvariantCulture), row.Application!.OrganizationId);
        return wanted;
    }

    private Task WriteSessionAsync(LoRaWanDevice row, bool isNew, CancellationToken ct) => row.Activation switch
    {
        Activation.Otaa => WriteKeysAsync(row, isNew, ct),
        Activation.Abp => ActivateAsync(row, isNew, ct),
        _ => isNew ? Task.CompletedTask : ForgetAsync(row.DevEui, ct),
    };

    private async Task WriteKeysAsync(LoRaWanDevice row, bool isNew, CancellationToken ct)
    {
        var wanted = new DeviceKeys { DevEui = row.DevEui, NwkKey = Plain(row.NwkKeyCiphertext), AppKey = Plain(row.AppKeyCiphertext) };
        var known = isNew ? null : await FindKeysAsync(row.DevEui, ct);
        if (known is not null)
        {
            if (known.NwkKey != wanted.NwkKey || !IsSameOrNone(known.AppKey, wanted.AppKey))
            {
                await client.Devices.UpdateKeysAsync(wanted, ct);
            }

            return;
        }

        await client.Devices.CreateKeysAsync(wanted, ct);
        if (!isNew)
        {
            // A session without keys was given to it, and is not the one that it will agree on.
            await client.Devices.DeactivateAsync(row.DevEui, ct);
        }
    }

    // What is there already has counted on since it was written here.
    private async Task ActivateAsync(LoRaWanDevice row, bool isNew, CancellationToken ct)
    {
        var key = Plain(row.NwkSEncKeyCiphertext);
        var wanted = new DeviceActivation
        {
            DevEui = row.DevEui,
            DevAddr = row.DevAddr ?? "",
            AppSKey = Plain(row.AppSKeyCiphertext),
            NwkSEncKey = key,
            SNwkSIntKey = row.SNwkSIntKeyCiphertext is null ? key : Plain(row.SNwkSIntKeyCiphertext),
            FNwkSIntKey = row.FNwkSIntKeyCiphertext is null ? key : Plain(row.FNwkSIntKeyCiphertext),
            FCntUp = (uint)(row.FCntUp ?? 0),
            NFCntDown = (uint)(row.NFCntDown ?? 0),
            AFCntDown = (uint)(row.AFCntDown ?? 0),
        };
        if (!isNew)
        {
            await ForgetKeysAsync(row.DevEui, ct);
            if (await client.Devices.GetActivationAsync(row.DevEui, ct) is { } known && IsSameSession(known, wanted))
            {
                return;
            }
        }

        await client.Devices.ActivateAsync(wanted, ct);
    }

    private async Task ForgetAsync(string devEui, CancellationToken ct)
    {
        await ForgetKeysAsync(devEui, ct);
        await client.Devices.DeactivateAsync(devEui, ct);
    }

    private async Task ForgetKeysAsync(string devEui, CancellationToken ct)
    {
        try
        {
            await client.Devices.DeleteKeysAsync(devEui, ct);
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            // There were none.
        }
    }

    private async Task<DeviceKeys?> FindKeysAsync(string devEui, CancellationToken ct)
    {
        try
        {
            return await client.Devices.GetKeysAsync(devEui, ct);
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            return null;
        }
    }

    private static bool IsSameSession(DeviceActivation known, DeviceActivation wanted) =>
        known.DevAddr == wanted.DevAddr && known.AppSKey == wanted.AppSKey && known.NwkSEncKey == wanted.NwkSEncKey
        && known.SNwkSIntKey == wanted.SNwkSIntKey && known.FNwkSIntKey == wanted.FNwkSIntKey;

    /// <summary>A key that was never given is zeros there.</summary>
    private static bool IsSameOrNone(string known, string wanted) => known == wanted || (wanted.Length == 0 && known.All(c => c == '0'));

    private string Plain(string? ciphertext) => ciphertext is null ? "" : protector.Unprotect(ciphertext);
}
