using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>Gateways.</summary>
internal sealed class SyncedGateways(ChirpStackClient client, ChirpStackTenant tenant, IOptions<ChirpStackOptions> options)
{
    /// <summary>About a metre, in degrees: coordinates there and here are rounded differently.</summary>
    private const double SamePlace = 0.00001;

    public async Task ApplyAsync(AppDbContext db, string gatewayId, CancellationToken ct)
    {
        var row = await db.Gateways.AsNoTracking().SingleOrDefaultAsync(g => g.GatewayId == gatewayId, ct);
        var known = await FindAsync(gatewayId, ct);
        if (row is null)
        {
            await RemoveAsync(db, known, ct);
        }
        else if (known is null)
        {
            await client.Gateways.CreateAsync(Wanted(new Gateway { GatewayId = gatewayId, TenantId = await tenant.IdAsync(db, ct) }, row), ct);
        }
        else
        {
            await UpdateAsync(db, row, known, ct);
        }
    }

    public async Task CompareAsync(AppDbContext db, SyncDrift drift, CancellationToken ct)
    {
        var there = (await client.Gateways.ListAsync(await tenant.IdAsync(db, ct), ct)).ToDictionary(g => g.GatewayId);
        foreach (var row in await db.Gateways.AsNoTracking().ToListAsync(ct))
        {
            if (!there.Remove(row.GatewayId, out var found))
            {
                drift.Missing.Add(new SyncedKey(ChirpStackChanges.Gateway, row.GatewayId));
            }
            else if (found.Name != row.Name || found.Description != (row.Description ?? "") || !IsSame(found.Location, row.Latitude, row.Longitude))
            {
                drift.Different.Add(new SyncedKey(ChirpStackChanges.Gateway, row.GatewayId));
            }
        }

        foreach (var other in there.Keys)
        {
            if (await FindAsync(other, ct) is { } gateway && gateway.Tags.ContainsKey(ChirpStackTags.Id))
            {
                drift.Extra.Add(new SyncedKey(ChirpStackChanges.Gateway, other));
            }
        }
    }

    private static bool IsSame(Location? place, double? latitude, double? longitude) => latitude is null || longitude is null
        || (place is not null && Math.Abs(place.Latitude - latitude.Value) < SamePlace && Math.Abs(place.Longitude - longitude.Value) < SamePlace);

    private async Task<Gateway?> FindAsync(string gatewayId, CancellationToken ct)
    {
        try
        {
            return (await client.Gateways.GetAsync(gatewayId, ct)).Gateway;
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            return null;
        }
    }

    private async Task UpdateAsync(AppDbContext db, Gateways.Gateway row, Gateway known, CancellationToken ct)
    {
        if (known.TenantId != await tenant.IdAsync(db, ct))
        {
            throw new ChirpStackException(ChirpStackFailure.AlreadyExists, "ChirpStack has the gateway already, in another tenant.");
        }

        var wanted = Wanted(known, row);
        if (!wanted.Equals(known))
        {
            await client.Gateways.UpdateAsync(wanted, ct);
        }
    }

    // What is of another tenant was never ours.
    private async Task RemoveAsync(AppDbContext db, Gateway? known, CancellationToken ct)
    {
        try
        {
            if (known is not null && known.TenantId == await tenant.IdAsync(db, ct))
            {
                await client.Gateways.DeleteAsync(known.GatewayId, ct);
            }
        }
        catch (ChirpStackException exception) when (exception.Failure == ChirpStackFailure.NotFound)
        {
            // Somebody else did.
        }
    }

    private Gateway Wanted(Gateway known, Gateways.Gateway row)
    {
        var wanted = known.Clone();
        wanted.Name = row.Name;
        wanted.Description = row.Description ?? "";
        if (row is { Latitude: { } latitude, Longitude: { } longitude } && (!IsSame(known.Location, latitude, longitude) || known.Location.Altitude != (row.Altitude ?? 0)))
        {
            wanted.Location = new Location { Latitude = latitude, Longitude = longitude, Altitude = row.Altitude ?? 0, Source = LocationSource.Config };
        }

        wanted.StatsInterval = (uint)options.Value.StatsInterval;
        ChirpStackTags.Set(wanted.Tags, row.Id.ToString(CultureInfo.InvariantCulture), row.OrganizationId, row.Tags);
        ChirpStackTags.SetAuthors(wanted.Tags, row.CreatedById, row.UpdatedById);
        return wanted;
    }
}
