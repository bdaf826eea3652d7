using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using OS2iot.Core.Database;

namespace OS2iot.Core.Sync;

/// <summary>
/// Lets a change of a user's be tried at the outside system while the user waits: a refusal is shown and nothing is saved; while the
/// system is away it is saved, and the worker follows up.
/// </summary>
public sealed partial class SyncAttempts(
    AppDbContext db, IEnumerable<SyncedSystem> systems, TimeProvider clock, ILogger<SyncAttempts> logger)
{
    private const string Savepoint = "sync";

    /// <summary>A user waits, and rows are locked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>What the system had taken before it refused at last, and has to follow back.</summary>
    public IReadOnlyList<SyncChange> Undone { get; private set; } = [];

    /// <summary>Saves what the context holds, together with what the system has to follow.</summary>
    /// <param name="system">A system's name.</param>
    /// <param name="changes">Asked once the context is saved, so that ids are known.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>
    /// Applied: saved, and the system follows already. Unreachable: saved, and waiting. Refused: nothing is saved, and the context forgot
    /// what it held.
    /// </returns>
    public async Task<SyncResult> SaveAsync(string system, Func<IReadOnlyList<SyncChange>> changes, CancellationToken ct)
    {
        Undone = [];
        var others = db.Database.CurrentTransaction;
        var transaction = others ?? await db.Database.BeginTransactionAsync(ct);
        try
        {
            await transaction.CreateSavepointAsync(Savepoint, ct);
            await db.SaveChangesAsync(ct);
            var made = changes();
            db.SyncChanges.AddRange(made);
            await db.SaveChangesAsync(ct);
            await db.LockSyncedAsync(system, [.. made.Select(c => c.SyncedKey)], ct);
            var (result, applied) = await TryAsync(systems.Single(s => s.Name == system), made, ct);
            await FinishAsync(transaction, result, made, applied, ct);
            if (others is null)
            {
                await transaction.CommitAsync(CancellationToken.None);
            }

            return result;
        }
        finally
        {
            if (others is null)
            {
                await transaction.DisposeAsync();
            }
        }
    }

    /// <summary>In order, up to the first that is not applied.</summary>
    private async Task<(SyncResult Result, int Applied)> TryAsync(SyncedSystem system, IReadOnlyList<SyncChange> made, CancellationToken ct)
    {
        if (await WhyToWaitAsync(system, made, ct) is { } reason)
        {
            return (SyncResult.Unreachable(reason), 0);
        }

        for (var i = 0; i < made.Count; i++)
        {
            var result = await TryAsync(system, made[i], ct);
            if (result.Outcome != SyncOutcome.Applied)
            {
                return (result, i);
            }
        }

        return (SyncResult.Applied, made.Count);
    }

    private async Task<SyncResult> TryAsync(SyncedSystem system, SyncChange change, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            return await system.ApplyAsync(db, change, patience.Token);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && !exception.IsOfOurDatabase())
        {
            // Whatever it is, the worker meets it again and tells.
            LogNotApplied(exception, system.Name, change.Kind);
            return SyncResult.Unreachable("It could not be applied at once.");
        }
    }

    private async Task<string?> WhyToWaitAsync(SyncedSystem system, IReadOnlyList<SyncChange> made, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await db.SyncStatuses.Where(s => s.System == system.Name && s.NextAttemptAt > now).Select(s => s.LastError).FirstOrDefaultAsync(ct) is { } error)
        {
            return error;
        }

        // What waits already goes first.
        var first = made.Count == 0 ? 0 : made.Min(c => c.Id);
        var keys = made.Select(c => c.Key).ToList();
        var earlier = db.SyncChanges.Where(c => c.System == system.Name && c.State == SyncChangeState.Pending && c.Id < first);
        return await (system.IsOrdered ? earlier : earlier.Where(c => keys.Contains(c.Key))).AnyAsync(ct) ? "Earlier changes wait too." : null;
    }

    private async Task FinishAsync(
        IDbContextTransaction transaction, SyncResult result, IReadOnlyList<SyncChange> made, int applied, CancellationToken ct)
    {
        if (result.Outcome == SyncOutcome.Refused)
        {
            await transaction.RollbackToSavepointAsync(Savepoint, ct);
            db.ChangeTracker.Clear();

            // What the system took before it refused is undone: it follows what is saved, which is as it was.
            Undone = [.. made.Take(applied).Select(c => new SyncChange
            {
                System = c.System,
                Kind = c.Kind,
                Key = c.Key,
                IsRemoval = !c.IsRemoval,
                Details = c.Details,
                OrganizationId = c.OrganizationId,
            })];
            db.SyncChanges.AddRange(Undone);
        }
        else
        {
            db.SyncChanges.RemoveRange(made.Take(applied));
        }

        await db.SaveChangesAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning, "A {Kind} could not be applied at {System} at once; the worker follows up")]
    private partial void LogNotApplied(Exception exception, string system, string kind);
}
