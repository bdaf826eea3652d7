using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Devices;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Applications;

/// <summary>A device where there are too many to show all of each.</summary>
internal sealed record DeviceStub(int Id, string Name, string Type);

/// <summary>The devices under one application of an answer, and how many there are.</summary>
/// <param name="Count">All of them, shown or not.</param>
/// <param name="Shown">As many as an answer has room for.</param>
internal sealed record DevicesUnderApplication(int Count, IReadOnlyList<object> Shown)
{
    public static readonly DevicesUnderApplication None = new(0, []);
}

/// <summary>
/// Devices inside lists of applications. Clients count them and pick one; an answer with a hundred thousand whole devices would serve
/// nobody, so a large number is shown short, and a very large one is cut.
/// </summary>
internal sealed class ApplicationDevices(AppDbContext db, DeviceNetworks networks)
{
    /// <summary>Up to so many in one answer are shown whole.</summary>
    private const int MaxWhole = 1000;

    /// <summary>So many in one answer are shown at all, each application an equal part.</summary>
    private const int MaxShown = 5_000;

    /// <summary>Applications with more devices are few.</summary>
    private const int Large = 10_000;

    public async Task<IReadOnlyDictionary<int, DevicesUnderApplication>> OfAsync(IEnumerable<Application> applications, CancellationToken ct)
    {
        var counts = applications.Where(a => a.DeviceCount > 0).ToDictionary(a => a.Id, a => a.DeviceCount);
        var ids = counts.Keys.ToArray();
        var shown = ids.Length == 0 ? Enumerable.Empty<(int Application, object Device)>().ToLookup(d => d.Application, d => d.Device)
            : counts.Values.Sum(c => (long)c) <= MaxWhole ? await WholeAsync(ids, ct)
            : await StubsAsync(counts, Math.Max(1, MaxShown / ids.Length), ct);
        return counts.ToDictionary(c => c.Key, c => new DevicesUnderApplication(c.Value, [.. shown[c.Key]]));
    }

    private async Task<ILookup<int, object>> WholeAsync(int[] applicationIds, CancellationToken ct)
    {
        var devices = await db.Devices.AsNoTracking().Where(d => applicationIds.Contains(d.ApplicationId)).OrderBy(d => d.Id).ToListAsync(ct);
        return devices.ToLookup(d => d.ApplicationId, d => (object)networks.WithoutSecrets(d));
    }

    private async Task<ILookup<int, object>> StubsAsync(Dictionary<int, int> counts, int each, CancellationToken ct)
    {
        // Application by application: numbering all devices to take the first few of each would read every one. The database takes an
        // application for one of middling size unless it is named, and would sort a large one.
        var (large, others) = (counts.Where(c => c.Value > Large).Select(c => c.Key).ToList(), counts.Where(c => c.Value <= Large).Select(c => c.Key).ToArray());
        var found = await db.Database.SqlQuery<Stub>(
            $"""
            SELECT d.application_id, d.id, d.name, d.type FROM unnest({others}) a (id)
            CROSS JOIN LATERAL (SELECT application_id, id, name, type FROM devices WHERE application_id = a.id ORDER BY application_id, id LIMIT {each}) d
            """).ToListAsync(ct);
        if (large.Count > 0)
        {
            found.AddRange(await large
                .Select(id => db.Devices.Where(d => d.ApplicationId == id).OrderBy(d => d.Id).Take(each).Select(d => new { d.ApplicationId, d.Id, d.Name, d.Type }))
                .Aggregate(Queryable.Concat).Select(d => new Stub(d.ApplicationId, d.Id, d.Name, d.Type.ToWire())).ToListAsync(ct));
        }

        return found.ToLookup(d => d.ApplicationId, d => (object)new DeviceStub(d.Id, d.Name, d.Type));
    }

    private sealed record Stub(int ApplicationId, int Id, string Name, string Type);
}
