using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Applications;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.ChirpStack;

/// <summary>Reads multicast groups as they are shown.</summary>
internal sealed class MulticastReader(AppDbContext db, Caller caller, DeviceNetworks networks, SecretProtector protector)
{
    /// <summary>Null where there is no such group, or none that the caller may see.</summary>
    public async Task<MulticastDetails?> FindAsync(int id, CancellationToken ct)
    {
        var group = await db.MulticastGroups.AsNoTracking().AsSplitQuery().VisibleTo(caller)
            .Include(g => g.LoRaWan).Include(g => g.Devices.OrderBy(d => d.Id))
            .OrderBy(g => g.Id).SingleOrDefaultAsync(g => g.Id == id, ct);
        if (group is null)
        {
            return null;
        }

        var mayWrite = await db.MulticastGroups.WritableBy(caller).AnyAsync(g => g.Id == id, ct);
        var applications = await db.CoresAsync([group.ApplicationId], ct);
        return new MulticastDetails(
            group, applications[group.ApplicationId], SessionOf(group, mayWrite), [.. group.Devices.Select(networks.WithoutSecrets)]);
    }

    public async Task<List<MulticastListItem>> ListAsync(IQueryable<MulticastGroup> page, CancellationToken ct)
    {
        var groups = await page.AsNoTracking().Include(g => g.LoRaWan).ToListAsync(ct);
        var ids = groups.Select(g => g.Id).ToList();
        var writable = await db.MulticastGroups.WritableBy(caller).Where(g => ids.Contains(g.Id)).Select(g => g.Id).ToHashSetAsync(ct);
        var applications = await db.CoresAsync(groups.Select(g => g.ApplicationId), ct);
        return [.. groups.Select(g => new MulticastListItem(g, applications[g.ApplicationId], SessionOf(g, writable.Contains(g.Id))))];
    }

    /// <summary>Why a caller may not change a group: it is not there, or not theirs.</summary>
    public async Task<Refusal> MissingAsync(int id, CancellationToken ct) =>
        await db.MulticastGroups.AnyAsync(g => g.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound();

    private LoRaWanMulticastResponse SessionOf(MulticastGroup group, bool showKeys)
    {
        var session = group.LoRaWan!;
        return new LoRaWanMulticastResponse(
            session,
            showKeys ? protector.Unprotect(session.NetworkSessionKeyCiphertext) : null,
            showKeys ? protector.Unprotect(session.ApplicationSessionKeyCiphertext) : null);
    }
}
