using System.Text.Json;
using OS2iot.Core.Sync;

namespace OS2iot.Api.Sync;

/// <summary>How outside systems follow our database.</summary>
internal sealed record SyncResponse(IReadOnlyList<SyncSystemResponse> Systems);

/// <summary>How one outside system follows.</summary>
internal sealed class SyncSystemResponse(string system, SyncStatus? status)
{
    private static readonly JsonElement None = JsonElement.Parse("[]");

    /// <summary>Its name, such as mosquitto.</summary>
    public string System { get; } = system;

    /// <summary>It was reached by the last try.</summary>
    public bool IsReached { get; } = status is { LastError: null };

    /// <summary>Changes that it has still to follow.</summary>
    public int Pending { get; init; }

    /// <summary>Since when the oldest of them waits.</summary>
    public DateTimeOffset? OldestPending { get; init; }

    /// <summary>Changes that it refused.</summary>
    public int Refused { get; init; }

    /// <summary>Since when it is not reached.</summary>
    public DateTimeOffset? FailingSince { get; } = status?.FailingSince;

    /// <summary>When it is tried again, while it is not reached.</summary>
    public DateTimeOffset? NextAttemptAt { get; } = status?.NextAttemptAt;

    /// <summary>Why it is not reached.</summary>
    public string? LastError { get; } = status?.LastError;

    public DateTimeOffset? LastAppliedAt { get; } = status?.LastAppliedAt;

    /// <summary>When both sides were last compared.</summary>
    public DateTimeOffset? ReconciledAt { get; } = status?.ReconciledAt;

    /// <summary>Why the last comparison did not end.</summary>
    public string? ReconcileError { get; } = status?.ReconcileError;

    /// <summary>What differed then, and was repaired since or is pending.</summary>
    public SyncDriftResponse Drift { get; } = new(
        status?.Missing ?? 0, status?.Extra ?? 0, status?.Different ?? 0,
        status?.Examples is { } examples ? JsonElement.Parse(examples) : None);
}

/// <param name="Missing">Ours that were not there.</param>
/// <param name="Extra">Not ours any more, and still there.</param>
/// <param name="Different">There, but not as ours.</param>
/// <param name="Examples">Some of them: kind, key and difference.</param>
internal sealed record SyncDriftResponse(int Missing, int Extra, int Different, JsonElement Examples);

/// <summary>A change that an outside system has not followed.</summary>
/// <param name="Id">Later ones have greater ids.</param>
/// <param name="Kind">What changed, in the system's words.</param>
/// <param name="Key">By what the system knows it.</param>
/// <param name="IsRemoval">It was removed.</param>
/// <param name="OrganizationId">Whose it is, where that is known.</param>
/// <param name="State">pending or refused.</param>
/// <param name="Attempts">Tries that failed for this change alone.</param>
/// <param name="NextAttemptAt">Not before then.</param>
/// <param name="Error">Why it was refused or failed.</param>
/// <param name="CreatedAt">When it changed.</param>
internal sealed record SyncChangeResponse(
    long Id,
    string Kind,
    string Key,
    bool IsRemoval,
    int? OrganizationId,
    string State,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    string? Error,
    DateTimeOffset CreatedAt);
