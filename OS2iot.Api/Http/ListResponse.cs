namespace OS2iot.Api.Http;

/// <summary>One page of a list.</summary>
/// <param name="Data">The page.</param>
/// <param name="Count">How many there are in all.</param>
internal sealed record ListResponse<T>(IReadOnlyList<T> Data, int Count);

/// <summary>How many rows a deletion took.</summary>
internal sealed record AffectedResponse(int Affected)
{
    public static readonly AffectedResponse One = new(1);
}
