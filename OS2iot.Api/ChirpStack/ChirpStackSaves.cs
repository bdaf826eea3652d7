using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack.Sync;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Api.ChirpStack;

/// <summary>
/// Saves what a user changed, and lets ChirpStack follow while the user waits: what that refuses is not saved, and while it is away it
/// follows later. Without a ChirpStack, and where nothing changed that it has to know, it only saves.
/// </summary>
internal sealed class ChirpStackSaves(AppDbContext db, IEnumerable<SyncedSystem> systems, SyncAttempts? attempts = null)
{
    /// <summary>There is a ChirpStack that follows.</summary>
    public bool IsFollowed { get; } = systems.Any(s => s.Name == ChirpStackChanges.System);

    /// <exception cref="Refusal">ChirpStack won't have it. Nothing was saved, and the context forgot what it held.</exception>
    public async Task SaveAsync(Func<string, Refusal> refuse, CancellationToken ct)
    {
        var changes = IsFollowed ? await ChirpStackChanges.FindAsync(db, ct) : [];
        if (changes.Count == 0)
        {
            await db.SaveChangesAsync(ct);
            return;
        }

        var result = await attempts!.SaveAsync(ChirpStackChanges.System, () => [.. changes.Select(c => c())], ct);
        if (result.Outcome == SyncOutcome.Refused)
        {
            throw refuse(result.Error ?? "ChirpStack refused it.");
        }
    }
}
