using Microsoft.AspNetCore.Mvc;

namespace OS2iot.Portal.Api;

/// <summary>Where in a list the user is. It stands in the address, so that a list can be shared and comes back with Back.</summary>
public sealed class ListState
{
    internal const int PageSize = 25;

    [FromQuery(Name = "page")]
    public int? PageNumber { get; set; }

    [FromQuery(Name = "sort")]
    public string? Sort { get; set; }

    [FromQuery(Name = "desc")]
    public bool Descending { get; set; }

    internal int Page => Math.Clamp(PageNumber ?? 1, 1, 100_000);

    internal string OrderOn => Sort is { Length: > 0 and < 40 } ? Sort : "name";

    /// <summary>As the Api takes it.</summary>
    internal string ToQuery() => FormattableString.Invariant(
        $"limit={PageSize}&offset={(Page - 1) * PageSize}&orderOn={Uri.EscapeDataString(OrderOn)}&sort={(Descending ? "DESC" : "ASC")}");
}
