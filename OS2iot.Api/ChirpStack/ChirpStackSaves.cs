using Microsoft.EntityFrameworkCore;
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

        var result = await attempts!.SaveAsync(ChirpStackChanges.System, () => [.. changes.Select(c => c()).DistinctBy(c => (c.Kind, c.Key, c.IsRemoval))], ct);
        if (result.Outcome == SyncOutcome.Refused)
        {
            throw refuse(result.Error ?? "ChirpStack refused it.");
        }
    }

    /// <summary>
    /// Tries each of many by itself after one of them was refused. What ChirpStack had taken of them would be undone first, and nobody
    /// would hear what becomes of each; so that waits until all were tried, and is then what is saved in the end.
    /// </summary>
    public async Task OneByOneAsync(Func<Task> tryEach, CancellationToken ct)
    {
        var undone = IsFollowed && attempts is not null ? attempts.Undone : [];
        if (undone.Count == 0)
        {
            await tryEach();
            return;
        }

        var ids = undone.Select(c => c.Id).ToList();
        db.SyncChanges.RemoveRange(await db.SyncChanges.Where(c => ids.Contains(c.Id)).ToListAsync(ct));
        await db.SaveChangesAsync(ct);
        try
        {
            await tryEach();
        }
        finally
        {
            db.ChangeTracker.Clear();
            db.SyncChanges.AddRange(undone.Select(c => new SyncChange
            {
                System = c.System,
                Kind = c.Kind,
                Key = c.Key,
                IsRemoval = c.IsRemoval,
                Details = c.Details,
                OrganizationId = c.OrganizationId,
            }));
            await db.SaveChangesAsync(CancellationToken.None);
        }
    }
}
