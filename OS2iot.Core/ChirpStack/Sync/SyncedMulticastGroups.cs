using System.Globalization;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Core.Database;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sync;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>Multicast groups and who is in them.</summary>
internal sealed class SyncedMulticastGroups(ChirpStackClient client, SyncedApplications applications, SecretProtector protector)
{
    private const string ClassB = "CLASS_B";

    public async Task ApplyAsync(AppDbContext db, string key, string? idThere, CancellationToken ct)
    {
        var row = await FindAsync(db, int.Parse(key, CultureInfo.InvariantCulture), ct);
        if (row is null)
        {
            await RemoveAsync(idThere, ct);
            return;
        }

        var there = await EnsureAsync(db, row, ct);
        await SetMembersAsync(there, row, ct);
    }

    public async Task CompareAsync(AppDbContext db, SyncDrift drift, CancellationToken ct)
    {
        var ours = await db.MulticastGroups.Select(g => new
        {
            g.Id,
            g.Name,
            g.LoRaWan!.ChirpStackGroupId,
            Application = g.Application!.ChirpStackId,
            DevEuis = g.Devices.OfType<LoRaWanDevice>().Select(d => d.DevEui).ToList(),
        }).ToListAsync(ct);
        foreach (var application in ours.GroupBy(g => g.Application))
        {
            var there = application.Key is null ? [] : await ListAsync(application.Key, ct);
            foreach (var group in application)
            {
                if (there.SingleOrDefault(t => t.Id == group.ChirpStackGroupId) is not { } found)
                {
                    drift.Missing.Add(KeyOf(group.Id));
                }
                else if (found.Name != group.Name || !group.DevEuis.ToHashSet().SetEquals(await MembersAsync(found.Id, ct)))
                {
                    drift.Different.Add(KeyOf(group.Id));
                }
            }
        }
    }

    private static SyncedKey KeyOf(int id) => new(ChirpStackChanges.MulticastGroup, id.ToString(CultureInfo.InvariantCulture));

    private static Task<MulticastGroup?> FindAsync(AppDbContext db, int id, CancellationToken ct) => db.MulticastGroups.AsNoTracking().AsSplitQuery()
        .Include(g => g.LoRaWan).Include(g => g.Devices).OrderBy(g => g.Id).SingleOrDefaultAsync(g => g.Id == id && g.LoRaWan != null, ct);

    private async Task<IReadOnlyList<MulticastGroupListItem>> ListAsync(string application, CancellationToken ct)
    {
        try
        {
            return await client.MulticastGroups.ListAsync(application, ct);
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            return [];
        }
    }

    private async Task<HashSet<string>> MembersAsync(string there, CancellationToken ct) =>
        [.. (await client.Devices.ListOfMulticastGroupAsync(there, ct)).Select(d => d.DevEui)];

    private async Task<string> EnsureAsync(AppDbContext db, MulticastGroup row, CancellationToken ct)
    {
        var application = await applications.EnsureAsync(db, row.ApplicationId, ct);
        if (row.LoRaWan!.ChirpStackGroupId is { } there && await UpdateAsync(row, there, application, ct))
        {
            return there;
        }

        await db.LockSyncedAsync(ChirpStackChanges.System, [KeyOf(row.Id)], ct);
        var wanted = Wanted(new Protos.MulticastGroup { ApplicationId = application, FCnt = (uint)row.LoRaWan.FrameCounter }, row);
        var made = await FindMadeAsync(application, wanted, ct) ?? await client.MulticastGroups.CreateAsync(wanted, ct);
        await db.Set<LoRaWanMulticast>().Where(m => m.MulticastGroupId == row.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.ChirpStackGroupId, made), ct);
        return made;
    }

    /// <returns>False where it is not there any more.</returns>
    private async Task<bool> UpdateAsync(MulticastGroup row, string there, string application, CancellationToken ct)
    {
        try
        {
            var known = await client.MulticastGroups.GetAsync(there, ct);
            if (known.ApplicationId != application)
            {
                // A group there can't move.
                await client.MulticastGroups.DeleteAsync(there, ct);
                return false;
            }

            // The network counts; only another session begins anew.
            var wanted = Wanted(known, row);
            if (wanted.McAddr != known.McAddr || wanted.McNwkSKey != known.McNwkSKey || wanted.McAppSKey != known.McAppSKey)
            {
                wanted.FCnt = (uint)row.LoRaWan!.FrameCounter;
            }

            if (!wanted.Equals(known))
            {
                await client.MulticastGroups.UpdateAsync(wanted, ct);
            }

            return true;
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            return false;
        }
    }

    /// <summary>One that was made by us without our keeping its id. Groups have no tags; no two have one session.</summary>
    private async Task<string?> FindMadeAsync(string application, Protos.MulticastGroup wanted, CancellationToken ct)
    {
        foreach (var candidate in (await ListAsync(application, ct)).Where(g => g.Name == wanted.Name))
        {
            var known = await client.MulticastGroups.GetAsync(candidate.Id, ct);
            if (known.McAddr == wanted.McAddr && known.McAppSKey == wanted.McAppSKey)
            {
                return candidate.Id;
            }
        }

        return null;
    }

    private async Task SetMembersAsync(string there, MulticastGroup row, CancellationToken ct)
    {
        var wanted = row.Devices.OfType<LoRaWanDevice>().Select(d => d.DevEui).ToHashSet();
        var known = await MembersAsync(there, ct);
        foreach (var devEui in known.Except(wanted))
        {
            await client.MulticastGroups.RemoveDeviceAsync(there, devEui, ct);
        }

        foreach (var devEui in wanted.Except(known))
        {
            await client.MulticastGroups.AddDeviceAsync(there, devEui, ct);
        }
    }

    private async Task RemoveAsync(string? idThere, CancellationToken ct)
    {
        try
        {
            if (idThere is not null)
            {
                await client.MulticastGroups.DeleteAsync(idThere, ct);
            }
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            // It went with its application.
        }
    }

    private Protos.MulticastGroup Wanted(Protos.MulticastGroup known, MulticastGroup row)
    {
        var session = row.LoRaWan!;
        var wanted = known.Clone();
        wanted.Name = row.Name;
        wanted.McAddr = session.Address.ToLowerInvariant();
        wanted.McNwkSKey = protector.Unprotect(session.NetworkSessionKeyCiphertext).ToLowerInvariant();
        wanted.McAppSKey = protector.Unprotect(session.ApplicationSessionKeyCiphertext).ToLowerInvariant();
        wanted.Dr = (uint)session.DataRate;
        wanted.Frequency = (uint)session.Frequency;
        wanted.GroupType = session.GroupType == ClassB ? MulticastGroupType.ClassB : MulticastGroupType.ClassC;
        return wanted;
    }
}
