using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Devices;
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
    private const int MaxShown = 10_000;

    public async Task<IReadOnlyDictionary<int, DevicesUnderApplication>> OfAsync(IReadOnlyList<int> applicationIds, CancellationToken ct)
    {
        var counts = await db.Devices.Where(d => applicationIds.Contains(d.ApplicationId)).GroupBy(d => d.ApplicationId)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var shown = counts.Count == 0 ? Enumerable.Empty<(int Application, object Device)>().ToLookup(d => d.Application, d => d.Device)
            : counts.Values.Sum() <= MaxWhole ? await WholeAsync(applicationIds, ct)
            : await StubsAsync([.. counts.Keys], MaxShown / counts.Count, ct);
        return counts.ToDictionary(c => c.Key, c => new DevicesUnderApplication(c.Value, [.. shown[c.Key]]));
    }

    private async Task<ILookup<int, object>> WholeAsync(IReadOnlyList<int> applicationIds, CancellationToken ct)
    {
        var devices = await db.Devices.AsNoTracking().Where(d => applicationIds.Contains(d.ApplicationId)).OrderBy(d => d.Id).ToListAsync(ct);
        return devices.ToLookup(d => d.ApplicationId, d => (object)networks.WithoutSecrets(d));
    }

    private async Task<ILookup<int, object>> StubsAsync(List<int> applicationIds, int each, CancellationToken ct)
    {
        var devices = await db.Applications.Where(a => applicationIds.Contains(a.Id))
            .SelectMany(a => a.Devices.OrderBy(d => d.Id).Take(each).Select(d => new { d.ApplicationId, d.Id, d.Name, d.Type })).ToListAsync(ct);
        return devices.ToLookup(d => d.ApplicationId, d => (object)new DeviceStub(d.Id, d.Name, d.Type.ToWire()));
    }
}
