using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Applications;

/// <summary>
/// Finds which devices of an application stand on a page. Each order is the order of an index, so that a page of very many devices costs
/// no more than one of few. Where not every device has a value, those without come first ascending and last descending.
/// </summary>
internal sealed class ApplicationDevicePages(AppDbContext db, int applicationId, int count)
{
    private IQueryable<Device> Devices => db.Devices.Where(d => d.ApplicationId == applicationId);

    private IQueryable<DeviceState> States => db.DeviceStates.Where(s => s.ApplicationId == applicationId);

    /// <summary>Ids, in order.</summary>
    public Task<List<int>> FindAsync(ListQuery list, CancellationToken ct) => list.OrderOn switch
    {
        "name" => PageAsync(Devices, d => d.Name, d => d.Id, list, ct),
        "dataTargets" => PageAsync(Devices, d => d.ConnectionCount, d => d.Id, list, ct),
        "active" => PageAsync(States, s => s.LastSeenAt, Silent(), list, ct),
        "rssi" => PageAsync(States.Where(s => s.Rssi != null), s => s.Rssi, Without(s => s.Rssi != null), list, ct),
        "snr" => PageAsync(States.Where(s => s.Snr != null), s => s.Snr, Without(s => s.Snr != null), list, ct),
        "deviceModel" => ByModelAsync(list, ct),
        _ => Part(list.IsDescending ? Ids().OrderDescending() : Ids().Order(), list.Offset, list.Limit).ToListAsync(ct),
    };

    private IQueryable<int> Ids() => Devices.Select(d => d.Id);

    private IQueryable<int> Silent() => Devices.Where(d => !db.DeviceStates.Any(s => s.DeviceId == d.Id)).Select(d => d.Id);

    private IQueryable<int> Without(Expression<Func<DeviceState, bool>> value)
    {
        var with = db.DeviceStates.Where(value);
        return Devices.Where(d => !with.Any(s => s.DeviceId == d.Id)).Select(d => d.Id);
    }

    private static IQueryable<int> Part(IQueryable<int> ids, int offset, int limit) => ids.Skip(offset).Take(limit);

    private static IQueryable<int> Ordered<T, TKey>(IQueryable<T> rows, Expression<Func<T, TKey>> key, Expression<Func<T, int>> id, bool descending) =>
        (descending ? rows.OrderByDescending(key).ThenByDescending(id) : rows.OrderBy(key).ThenBy(id)).Select(id);

    private static Task<List<int>> PageAsync<T, TKey>(
        IQueryable<T> rows, Expression<Func<T, TKey>> key, Expression<Func<T, int>> id, ListQuery list, CancellationToken ct) =>
        Part(Ordered(rows, key, id, list.IsDescending), list.Offset, list.Limit).ToListAsync(ct);

    private async Task<List<int>> PageAsync<TKey>(
        IQueryable<DeviceState> with, Expression<Func<DeviceState, TKey>> key, IQueryable<int> without, ListQuery list, CancellationToken ct)
    {
        var (valued, bare) = (Ordered(with, key, s => s.DeviceId, list.IsDescending), list.IsDescending ? without.OrderDescending() : without.Order());
        var countWith = await with.CountAsync(ct);
        return list.IsDescending
            ? await TogetherAsync([(valued, countWith), (bare, count - countWith)], list, ct)
            : await TogetherAsync([(bare, count - countWith), (valued, countWith)], list, ct);
    }

    /// <summary>A page of parts that stand one after the other. Only parts that reach into the page are read.</summary>
    private static async Task<List<int>> TogetherAsync(IEnumerable<(IQueryable<int> Ids, int Count)> parts, ListQuery list, CancellationToken ct)
    {
        var page = new List<int>();
        var offset = list.Offset;
        foreach (var (ids, size) in parts)
        {
            if (page.Count < list.Limit && offset < size)
            {
                page.AddRange(await Part(ids, offset, list.Limit - page.Count).ToListAsync(ct));
            }

            offset = Math.Max(0, offset - size);
        }

        return page;
    }

    /// <summary>By the models' names. An application has few models; their devices follow one another in an index.</summary>
    private async Task<List<int>> ByModelAsync(ListQuery list, CancellationToken ct)
    {
        var sizes = await Devices.GroupBy(d => d.DeviceModelId).Select(g => new { Model = g.Key, Count = g.Count() }).ToListAsync(ct);
        var ids = sizes.Select(s => s.Model).OfType<int>().ToList();
        var names = await db.DeviceModels.Where(m => ids.Contains(m.Id)).ToDictionaryAsync(m => m.Id, m => NameOf(m), ct);
        var inOrder = sizes.OrderBy(s => s.Model is not null)
            .ThenBy(s => s.Model is { } id ? names.GetValueOrDefault(id) : null, StringComparer.OrdinalIgnoreCase).ThenBy(s => s.Model).ToList();
        if (list.IsDescending)
        {
            inOrder.Reverse();
        }

        // Models that stand wholly on the page are read together, so that many small ones cost no more than one.
        var page = new List<int>();
        var offset = list.Offset;
        for (var i = 0; i < inOrder.Count && page.Count < list.Limit; i++)
        {
            if (offset >= inOrder[i].Count)
            {
                offset -= inOrder[i].Count;
                continue;
            }

            var room = list.Limit - page.Count;
            var whole = offset > 0 ? [] : inOrder.Skip(i).TakeWhile(s => (room -= s.Count) >= 0).ToList();
            page.AddRange(whole.Count > 1
                ? await WholeAsync([.. whole.Select(s => s.Model)], list.IsDescending, ct)
                : await Part(OfModel(inOrder[i].Model, list.IsDescending), offset, list.Limit - page.Count).ToListAsync(ct));
            i += Math.Max(0, whole.Count - 1);
            offset = 0;
        }

        return page;
    }

    private IQueryable<int> OfModel(int? model, bool descending)
    {
        var ids = Devices.Where(d => d.DeviceModelId == model).Select(d => d.Id);
        return descending ? ids.OrderDescending() : ids.Order();
    }

    private async Task<IEnumerable<int>> WholeAsync(IReadOnlyList<int?> models, bool descending, CancellationToken ct)
    {
        var devices = await Devices.Where(d => models.Contains(d.DeviceModelId)).Select(d => new { d.Id, d.DeviceModelId }).ToListAsync(ct);
        var places = models.Index().ToDictionary(m => m.Item ?? 0, m => m.Index);
        return devices.OrderBy(d => places[d.DeviceModelId ?? 0]).ThenBy(d => descending ? -d.Id : d.Id).Select(d => d.Id);
    }

    private static string? NameOf(DeviceModel model)
    {
        using var body = JsonDocument.Parse(model.Body);
        return body.RootElement.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
    }
}
