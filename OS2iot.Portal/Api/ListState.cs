using Microsoft.AspNetCore.Mvc;

namespace OS2iot.Portal.Api;

/// <summary>Where in a list the user is. It stands in the address, so that a list can be shared and comes back with Back.</summary>
public sealed class ListState
{
    internal static readonly int[] PageSizes = [25, 50, 100];

    [FromQuery(Name = "page")]
    public int? PageNumber { get; set; }

    [FromQuery(Name = "sort")]
    public string? Sort { get; set; }

    [FromQuery(Name = "desc")]
    public bool Descending { get; set; }

    /// <summary>A part of the name that everything in the list has.</summary>
    [FromQuery(Name = "q")]
    public string? Query { get; set; }

    [FromQuery(Name = "size")]
    public int? Size { get; set; }

    internal int PageSize => Size is { } size && PageSizes.Contains(size) ? size : PageSizes[0];

    internal string? Filter => Query?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, 200)] : null;

    internal int Page => Math.Clamp(PageNumber ?? 1, 1, 100_000);

    internal string OrderOn => Sort is { Length: > 0 and < 40 } ? Sort : "name";

    /// <summary>As the Api takes it.</summary>
    internal string ToQuery() => FormattableString.Invariant(
        $"limit={PageSize}&offset={(Page - 1) * PageSize}&orderOn={Uri.EscapeDataString(OrderOn)}&sort={(Descending ? "DESC" : "ASC")}{(Filter is null ? "" : "&q=" + Uri.EscapeDataString(Filter))}");
}
