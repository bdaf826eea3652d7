using Microsoft.EntityFrameworkCore;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>Device profiles.</summary>
internal sealed class SyncedDeviceProfiles(ChirpStackClient client, ChirpStackTenant tenant)
{
    /// <summary>How often devices report when nobody knows: ChirpStack shows a device as inactive after that.</summary>
    private const uint UplinkInterval = 3600;

    /// <summary>From this version on the ping slots of class B are told by their periodicity, and no longer by their number.</summary>
    private static readonly Version PeriodicitySince = new(4, 13);

    public async Task ApplyAsync(AppDbContext db, string key, string? idThere, CancellationToken ct)
    {
        var row = await db.DeviceProfiles.AsNoTracking().SingleOrDefaultAsync(p => p.Id == Guid.Parse(key), ct);
        if (row is null)
        {
            await RemoveAsync(db, key, idThere, ct);
        }
        else
        {
            await EnsureAsync(db, row, isChanged: true, ct);
        }
    }

    /// <summary>The id there of a profile of ours.</summary>
    /// <exception cref="ChirpStackException">It was not made.</exception>
    public Task<string> EnsureAsync(AppDbContext db, DeviceProfile row, CancellationToken ct) => EnsureAsync(db, row, isChanged: false, ct);

    public async Task CompareAsync(AppDbContext db, SyncDrift drift, CancellationToken ct)
    {
        var there = (await client.DeviceProfiles.ListAsync(await tenant.IdAsync(db, ct), ct)).ToDictionary(p => p.Id);
        foreach (var row in await db.DeviceProfiles.AsNoTracking().ToListAsync(ct))
        {
            if (row.ChirpStackId is null || !there.Remove(row.ChirpStackId))
            {
                drift.Missing.Add(KeyOf(row.Id));
            }
            else
            {
                var known = await client.DeviceProfiles.GetAsync(row.ChirpStackId, ct);
                if (!(await WantedAsync(known, row, ct)).Equals(known))
                {
                    drift.Different.Add(KeyOf(row.Id));
                }
            }
        }

        foreach (var other in there.Keys)
        {
            if (OurIdOf(await client.DeviceProfiles.GetAsync(other, ct)) is { } id && !await db.DeviceProfiles.AnyAsync(p => p.Id == id, ct))
            {
                drift.Extra.Add(KeyOf(id));
            }
        }
    }

    private static SyncedKey KeyOf(Guid id) => new(ChirpStackChanges.DeviceProfile, id.ToString());

    private static Guid? OurIdOf(Protos.DeviceProfile profile) =>
        profile.Tags.TryGetValue(ChirpStackTags.Id, out var text) && Guid.TryParse(text, out var id) ? id : null;

    private async Task<string> EnsureAsync(AppDbContext db, DeviceProfile row, bool isChanged, CancellationToken ct)
    {
        if (row.ChirpStackId is { } there)
        {
            if (!isChanged || await UpdateAsync(row, there, ct))
            {
                return there;
            }
        }

        await db.LockSyncedAsync(ChirpStackChanges.System, [KeyOf(row.Id)], ct);
        var tenantId = await tenant.IdAsync(db, ct);
        var made = await FindMadeAsync(tenantId, row.Name, row.Id, ct)
            ?? await client.DeviceProfiles.CreateAsync(
                await WantedAsync(new Protos.DeviceProfile { TenantId = tenantId, UplinkInterval = UplinkInterval, FlushQueueOnActivate = true }, row, ct), ct);
        await db.DeviceProfiles.Where(p => p.Id == row.Id).ExecuteUpdateAsync(s => s.SetProperty(p => p.ChirpStackId, made), ct);
        return made;
    }

    /// <returns>False where it is not there any more.</returns>
    private async Task<bool> UpdateAsync(DeviceProfile row, string there, CancellationToken ct)
    {
        try
        {
            var known = await client.DeviceProfiles.GetAsync(there, ct);
            var wanted = await WantedAsync(known, row, ct);
            if (!wanted.Equals(known))
            {
                await client.DeviceProfiles.UpdateAsync(wanted, ct);
            }

            return true;
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            return false;
        }
    }

    /// <summary>One that was made by us without our keeping its id.</summary>
    private async Task<string?> FindMadeAsync(string tenantId, string? name, Guid id, CancellationToken ct)
    {
        foreach (var candidate in (await client.DeviceProfiles.ListAsync(tenantId, ct)).Where(p => name is null || p.Name == name))
        {
            if (OurIdOf(await client.DeviceProfiles.GetAsync(candidate.Id, ct)) == id)
            {
                return candidate.Id;
            }
        }

        return null;
    }

    // ChirpStack removes the devices of a profile with it. None of ours has this one: its row is gone, and changes come in order.
    private async Task RemoveAsync(AppDbContext db, string key, string? idThere, CancellationToken ct)
    {
        var id = idThere ?? await FindMadeAsync(await tenant.IdAsync(db, ct), null, Guid.Parse(key), ct);
        try
        {
            if (id is not null)
            {
                await client.DeviceProfiles.DeleteAsync(id, ct);
            }
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            // Somebody else did.
        }
    }

    private async Task<Protos.DeviceProfile> WantedAsync(Protos.DeviceProfile known, DeviceProfile row, CancellationToken ct)
    {
        var wanted = known.Clone();
        wanted.Name = row.Name;
        wanted.Region = Regions.Of(row.Region);
        wanted.MacVersion = (MacVersion)row.MacVersion;
        wanted.RegParamsRevision = (RegParamsRevision)row.RegParamsRevision;
        wanted.AdrAlgorithmId = row.AdrAlgorithmId;
        wanted.DeviceStatusReqInterval = (uint)row.DevStatusReqFreq;
        wanted.SupportsOtaa = row.SupportsJoin;
        wanted.SupportsClassB = row.SupportsClassB;
        wanted.SupportsClassC = row.SupportsClassC;
        wanted.ClassBTimeout = (uint)(row.ClassBTimeout ?? 0);
        wanted.ClassCTimeout = (uint)(row.ClassCTimeout ?? 0);
        wanted.ClassBPingSlotDr = (uint)(row.PingSlotDr ?? 0);
        wanted.ClassBPingSlotFreq = (uint)(row.PingSlotFreq ?? 0);
        wanted.ClassBPingSlotPeriodicity = await PingSlotsAsync(row, ct);
        wanted.AbpRx1Delay = (uint)(row.RxDelay1 ?? 0);
        wanted.AbpRx1DrOffset = (uint)(row.RxDrOffset1 ?? 0);
        wanted.AbpRx2Dr = (uint)(row.RxDataRate2 ?? 0);
        wanted.AbpRx2Freq = (uint)(row.RxFreq2 ?? 0);
        ChirpStackTags.Set(wanted.Tags, row.Id.ToString(), row.OrganizationId, row.Tags);
        ChirpStackTags.SetAuthors(wanted.Tags, row.CreatedById, row.UpdatedById);
        return wanted;
    }

    /// <summary>Ours is k of 2^k slots in a beacon period.</summary>
    private async Task<uint> PingSlotsAsync(DeviceProfile row, CancellationToken ct)
    {
        const int Most = 7;
        var k = row.PingSlotPeriod ?? 0;
        return !row.SupportsClassB || k > Most || await client.GetVersionAsync(ct) < PeriodicitySince ? (uint)k : (uint)(Most - k);
    }
}
