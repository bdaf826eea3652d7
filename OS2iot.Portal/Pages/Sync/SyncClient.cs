using System.Net;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Pages.Sync;

/// <summary>How outside systems follow, as the Api has it. For global administrators.</summary>
internal sealed class SyncClient(HttpClient http)
{
    public async Task<IReadOnlyList<SyncedSystem>> ListAsync(CancellationToken ct) => (await http.ReadAsync<SyncedSystems>("sync", ct)).Systems;

    public Task<ListAnswer<SyncChange>> ChangesAsync(string system, ListState list, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<SyncChange>>(
            FormattableString.Invariant($"sync/{Uri.EscapeDataString(system)}/changes?limit={list.PageSize}&offset={(list.Page - 1) * list.PageSize}"), ct);

    /// <summary>Asks for a comparison, which repairs what differs.</summary>
    /// <exception cref="MissingException">There is no such system.</exception>
    public async Task ReconcileAsync(string system, CancellationToken ct)
    {
        using var response = await http.TryAsync(new HttpRequestMessage(HttpMethod.Post, $"sync/{Uri.EscapeDataString(system)}/reconcile"), ct);
        if (!response.IsSuccessStatusCode)
        {
            throw response.StatusCode == HttpStatusCode.Forbidden ? new ForbiddenException() : new MissingException();
        }
    }
}

internal sealed record SyncedSystems(IReadOnlyList<SyncedSystem> Systems);

/// <param name="System">Its name, such as chirpstack.</param>
/// <param name="IsReached">It was reached by the last try.</param>
/// <param name="Pending">Changes that it has still to follow.</param>
/// <param name="OldestPending">Since when the oldest of them waits.</param>
/// <param name="Refused">Changes that it refused.</param>
/// <param name="FailingSince">Since when it is not reached.</param>
/// <param name="LastError">Why it is not reached.</param>
/// <param name="LastAppliedAt">When it last followed a change.</param>
/// <param name="ReconciledAt">When both sides were last compared; null while a comparison was asked for.</param>
/// <param name="ReconcileError">Why the last comparison did not end.</param>
/// <param name="Drift">What differed then.</param>
internal sealed record SyncedSystem(
    string System,
    bool IsReached,
    int Pending,
    DateTimeOffset? OldestPending,
    int Refused,
    DateTimeOffset? FailingSince,
    string? LastError,
    DateTimeOffset? LastAppliedAt,
    DateTimeOffset? ReconciledAt,
    string? ReconcileError,
    SyncDrift Drift);

internal sealed record SyncDrift(int Missing, int Extra, int Different, IReadOnlyList<SyncDriftExample>? Examples)
{
    public int Count => Missing + Extra + Different;
}

internal sealed record SyncDriftExample(string Kind, string Key, string Difference);

internal sealed record SyncChange(long Id, string Kind, string Key, bool IsRemoval, string State, int Attempts, DateTimeOffset? NextAttemptAt, string? Error, DateTimeOffset CreatedAt)
{
    public bool IsRefused => State == "refused";
}
