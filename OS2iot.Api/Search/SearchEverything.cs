using System.Linq.Expressions;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Search;

internal sealed class SearchQuery : IQueryRequest
{
    public const int MaxHits = 10_000;

    private const int MaxLimit = 1000;

    private const int MaxLength = 200;

    /// <summary>A part of a name, or the whole of an id or key.</summary>
    public string Q { get; private set; } = "";

    public int Limit { get; private set; }

    public int Offset { get; private set; }

    public void Read(QueryReader query)
    {
        var text = query.Text("q");
        Limit = query.RequiredInteger("limit", min: 0, MaxLimit);
        Offset = query.RequiredInteger("offset", min: 0, MaxHits);
        query.ThrowIfInvalid();

        // Clients encode twice; what can't be decoded is meant as it is.
        var decoded = Uri.UnescapeDataString(text ?? "").Trim();
        Q = decoded.Length == 0 || decoded.Contains('\0') ? throw Refusal.BadRequest(ErrorCodes.QueryMustNotBeEmpty)
            : decoded.Length <= MaxLength ? decoded : decoded[..MaxLength];
    }
}

/// <summary>
/// Applications, devices and gateways that the caller may read, by a part of their name, newest change first; devices and gateways also
/// by the whole of their id or key.
/// </summary>
internal sealed class SearchEverything(AppDbContext db, Caller caller, LookupHash lookupHash) : Endpoint<SearchQuery, ListResponse<object>>
{
    private enum Kind
    {
        Application,
        Device,
        Gateway,
    }

    public override void Configure()
    {
        Get("search");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<object>> ExecuteAsync(SearchQuery query, CancellationToken ct)
    {
        var sources = await SourcesAsync(query.Q, ct);

        // Each source gives no more than could stand on the page: then an index in that order is worth while.
        var top = query.Offset + query.Limit;
        var page = await sources.Select(s => s.OrderByDescending(f => f.UpdatedAt).ThenByDescending(f => f.Id).Take(top)).Aggregate(Queryable.Concat)
            .OrderByDescending(f => f.UpdatedAt).ThenBy(f => f.Kind).ThenByDescending(f => f.Id)
            .Skip(query.Offset).Take(query.Limit).ToListAsync(ct);
        var count = await sources.Aggregate(Queryable.Concat).Take(SearchQuery.MaxHits).CountAsync(ct);

        var hits = new Dictionary<(Kind, int), SearchHit>();
        await AddApplicationsAsync(hits, IdsOf(page, Kind.Application), ct);
        await AddDevicesAsync(hits, IdsOf(page, Kind.Device), query.Q, ct);
        await AddGatewaysAsync(hits, IdsOf(page, Kind.Gateway), ct);

        // What went away between the commands is left out.
        return new ListResponse<object>([.. page.Select(f => hits.GetValueOrDefault((f.Kind, f.Id))).OfType<object>()], count);
    }

    private static List<int> IdsOf(IEnumerable<Found> page, Kind kind) => [.. page.Where(f => f.Kind == kind).Select(f => f.Id)];

    private async Task<List<IQueryable<Found>>> SourcesAsync(string q, CancellationToken ct)
    {
        // As plain numbers, so that the database sees how few of all devices they have.
        var readable = caller.IsGlobalAdmin ? null : await db.Applications.VisibleTo(caller).Select(a => a.Id).ToListAsync(ct);
        var named = await new DeviceNames(db, readable).WithAsync(q, ct);
        var sources = new List<IQueryable<Found>>
        {
            db.Applications.VisibleTo(caller).Where(a => NameSearch.Contains(a.Name, q))
                .Select(a => new Found { Kind = Kind.Application, Id = a.Id, UpdatedAt = a.UpdatedAt }),
            named.Select(d => new Found { Kind = Kind.Device, Id = d.Id, UpdatedAt = d.UpdatedAt }),
            db.Gateways.VisibleTo(caller).Where(g => NameSearch.Contains(g.Name, q) || NameSearch.Contains(g.GatewayId, q))
                .Select(g => new Found { Kind = Kind.Gateway, Id = g.Id, UpdatedAt = g.UpdatedAt }),
        };
        if (HasId(q) is { } hasId)
        {
            sources.Add(db.Devices.VisibleTo(caller).Where(hasId).Where(d => !NameSearch.Contains(d.Name, q))
                .Select(d => new Found { Kind = Kind.Device, Id = d.Id, UpdatedAt = d.UpdatedAt }));
        }

        return sources;
    }

    /// <summary>Null where the text can't be an id or a key.</summary>
    private Expression<Func<Device, bool>>? HasId(string q)
    {
        if (Guid.TryParseExact(q, "D", out var key))
        {
            var hash = lookupHash.Of(key.ToString());
            return d => ((GenericHttpDevice)d).ApiKeyHash == hash;
        }

        var (lower, upper) = (q.ToLowerInvariant(), q.ToUpperInvariant());
        return !q.All(char.IsAsciiHexDigit) ? null
            : q.Length == 16 ? d => ((LoRaWanDevice)d).DevEui == lower
            : q.Length is >= 4 and <= 12 ? d => ((SigfoxDevice)d).SigfoxId == upper
            : null;
    }

    private async Task AddApplicationsAsync(Dictionary<(Kind, int), SearchHit> hits, List<int> ids, CancellationToken ct)
    {
        foreach (var a in ids.Count == 0 ? [] : await db.Applications.AsNoTracking().Where(a => ids.Contains(a.Id)).ToListAsync(ct))
        {
            hits[(Kind.Application, a.Id)] = new ApplicationHit(a.Id, a.Name, a.CreatedAt, a.UpdatedAt, a.OrganizationId);
        }
    }

    private async Task AddDevicesAsync(Dictionary<(Kind, int), SearchHit> hits, List<int> ids, string q, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return;
        }

        var isKey = Guid.TryParseExact(q, "D", out var key);
        var hash = isKey ? lookupHash.Of(key.ToString()) : [];
        var devices = await db.Devices.AsNoTracking().Where(d => ids.Contains(d.Id))
            .Select(d => new
            {
                d.Id,
                d.Name,
                d.CreatedAt,
                d.UpdatedAt,
                d.Application!.OrganizationId,
                d.ApplicationId,
                d.Type,
                SigfoxId = ((SigfoxDevice)d).SigfoxId,
                DevEui = ((LoRaWanDevice)d).DevEui,
                HasKey = isKey && ((GenericHttpDevice)d).ApiKeyHash == hash,
            })
            .ToListAsync(ct);
        foreach (var d in devices)
        {
            hits[(Kind.Device, d.Id)] = new DeviceHit(
                d.Id, d.Name, d.CreatedAt, d.UpdatedAt, d.OrganizationId, d.ApplicationId, d.Type.ToWire(), d.SigfoxId, d.DevEui,
                d.HasKey ? key.ToString() : null);
        }
    }

    private async Task AddGatewaysAsync(Dictionary<(Kind, int), SearchHit> hits, List<int> ids, CancellationToken ct)
    {
        foreach (var g in ids.Count == 0 ? [] : await db.Gateways.AsNoTracking().Where(g => ids.Contains(g.Id)).ToListAsync(ct))
        {
            hits[(Kind.Gateway, g.Id)] = new GatewayHit(g.GatewayId, g.Name, g.CreatedAt, g.UpdatedAt, g.OrganizationId);
        }
    }

    private sealed class Found
    {
        public Kind Kind { get; init; }

        public int Id { get; init; }

        public DateTimeOffset UpdatedAt { get; init; }
    }
}
