using System.Text.Json;

namespace OS2iot.Core.Sigfox;

/// <summary>How far a job of Sigfox's is. Sigfox has two forms of it: with numbers in <c>status</c>, and with <c>success</c> there and <c>total</c> above.</summary>
public sealed record SigfoxBulkStatus
{
    public bool IsDone { get; init; }

    public int Total { get; init; }

    public int Succeeded { get; init; }

    /// <summary>Which devices it failed for, and why.</summary>
    public IReadOnlyList<SigfoxBulkError> Errors { get; init; } = [];

    /// <summary>How many it failed for, which may be more than <see cref="Errors"/> names.</summary>
    public int Failed { get; init; }

    internal static SigfoxBulkStatus From(JsonElement json)
    {
        var status = json.Member("status") ?? json;
        var errors = status.Member("errors") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Select(SigfoxBulkError.From).ToList()
            : [];
        return new SigfoxBulkStatus
        {
            IsDone = json.Member("jobDone") is { ValueKind: JsonValueKind.True },
            Total = (int)(status.Number("total") ?? json.Number("total") ?? 0),
            Succeeded = (int)(status.Number("nbSuccess") ?? status.Number("success") ?? 0),
            Failed = (int)(status.Number("nbErrors") ?? errors.Count),
            Errors = errors,
        };
    }
}

/// <param name="DeviceId">Null where it is not about one device.</param>
/// <param name="Message">For people.</param>
public sealed record SigfoxBulkError(string? DeviceId, string Message)
{
    internal static SigfoxBulkError From(JsonElement json) => new(
        (json.Text("entity") ?? json.Text("deviceId") ?? json.Text("id"))?.ToUpperInvariant(), json.Text("message") ?? "SigFox does not say why.");
}
