namespace OS2iot.Core.ChirpStack;

/// <summary>Reads lists to their end.</summary>
internal static class ChirpStackPages
{
    private const uint PageSize = 500;

    /// <summary>No installation has more of anything, so a list that goes on is no list.</summary>
    private const uint MaxItems = 500_000;

    public static async Task<List<TItem>> ReadAsync<TItem, TPage>(
        Func<uint, uint, CancellationToken, Task<TPage>> read, Func<TPage, (uint Total, IEnumerable<TItem> Items)> partsOf, CancellationToken ct)
    {
        var items = new List<TItem>();
        while (true)
        {
            var (total, page) = partsOf(await read(PageSize, (uint)items.Count, ct));
            var before = items.Count;
            items.AddRange(page);

            // A page may be shorter than asked for; none at all is the end, whatever the count says.
            if (items.Count >= total || items.Count == before)
            {
                return items;
            }

            if (items.Count > MaxItems)
            {
                throw new ChirpStackException(ChirpStackFailure.Unavailable, "ChirpStack's list has no end.");
            }
        }
    }
}
