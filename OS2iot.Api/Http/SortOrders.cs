using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace OS2iot.Api.Http;

/// <summary>Columns that a list can be ordered by.</summary>
internal interface ISortOrders
{
    IEnumerable<string> Names { get; }
}

/// <summary>The columns that a list can be ordered by, and paging. Ties are broken by id, so pages neither repeat nor skip.</summary>
internal sealed class SortOrders<T>(Expression<Func<T, int>> id) : ISortOrders
{
    private readonly Dictionary<string, Func<IQueryable<T>, bool, IOrderedQueryable<T>>> _orders = [];

    /// <summary>A column that is not in the list orders by id, ascending unless this is set.</summary>
    public bool UnknownFollowsSort { get; init; }

    /// <summary>The names of the columns.</summary>
    public IEnumerable<string> Names => _orders.Keys.Append("id");

    public SortOrders<T> Add<TKey>(string name, Expression<Func<T, TKey>> key)
    {
        _orders.Add(name, (rows, descending) => descending ? rows.OrderByDescending(key) : rows.OrderBy(key));
        return this;
    }

    /// <summary>A column in which rows without a value come first when ascending and last when descending.</summary>
    public SortOrders<T> Add<TKey>(string name, Expression<Func<T, TKey>> key, Expression<Func<T, bool>> hasValue)
    {
        _orders.Add(name, (rows, descending) => descending
            ? rows.OrderByDescending(hasValue).ThenByDescending(key)
            : rows.OrderBy(hasValue).ThenBy(key));
        return this;
    }

    public IQueryable<T> Page(IQueryable<T> rows, ListQuery list)
    {
        var known = list.OrderOn is not null && list.OrderOn != "id" && _orders.ContainsKey(list.OrderOn);
        var descending = list.IsDescending && (known || list.OrderOn == "id" || UnknownFollowsSort);
        var ordered = known
            ? _orders[list.OrderOn!](rows, descending).ThenBy(id)
            : descending ? rows.OrderByDescending(id) : rows.OrderBy(id);
        return ordered.Skip(list.Offset).Take(list.Limit);
    }

    /// <summary>Counts, then reads the page: two commands and one more for each list inside the rows.</summary>
    public async Task<ListResponse<TItem>> ListAsync<TItem>(
        IQueryable<T> rows, ListQuery list, Expression<Func<T, TItem>> select, CancellationToken ct) =>
        new(Data: await Page(rows, list).Select(select).ToListAsync(ct), Count: await rows.CountAsync(ct));
}
