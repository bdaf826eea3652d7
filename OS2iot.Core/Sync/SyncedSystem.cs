using System.Net.Sockets;
using OS2iot.Core.Database;

namespace OS2iot.Core.Sync;

/// <summary>
/// An outside system that follows our database. Changes come one by one or in batches, on one instance at a time; each may come again.
/// </summary>
public abstract class SyncedSystem
{
    /// <summary>Somebody found a reason to compare both sides now.</summary>
    public event Action? ReconcileWanted;

    /// <summary>In lower case; part of addresses and of stored rows.</summary>
    public abstract string Name { get; }

    /// <summary>Whether things depend on each other, such as devices on their application. Where they don't, changes are applied in batches.</summary>
    public virtual bool IsOrdered => true;

    /// <summary>How many changes at most are read at once; where the order does not matter also how many are applied at once.</summary>
    public virtual int BatchSize => 100;

    /// <summary>
    /// Makes the system follow: reads by <paramref name="db"/>, and only there, how the thing is now, and makes it so or removes it.
    /// Nobody else applies a change of the same thing meanwhile.
    /// </summary>
    public abstract Task<SyncResult> ApplyAsync(AppDbContext db, SyncChange change, CancellationToken ct);

    /// <summary>The same for many, where <see cref="IsOrdered"/> is false. One result for each.</summary>
    public virtual async Task<IReadOnlyList<SyncResult>> ApplyAsync(AppDbContext db, IReadOnlyList<SyncChange> changes, CancellationToken ct)
    {
        var results = new List<SyncResult>(changes.Count);
        foreach (var change in changes)
        {
            results.Add(await ApplyAsync(db, change, ct));
        }

        return results;
    }

    /// <summary>Compares both sides, and changes nothing: what it finds is repaired as if it had changed.</summary>
    public abstract Task<SyncDrift> CompareAsync(AppDbContext db, CancellationToken ct);

    /// <summary>
    /// Whether an exception says that the system can't be reached. Others are held against the one change that was being applied.
    /// </summary>
    public virtual bool IsOutage(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException or SocketException or IOException or TimeoutException or OperationCanceledException)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Asks for a comparison soon, say because the system came back and may have lost everything.</summary>
    protected void AskForReconcile() => ReconcileWanted?.Invoke();
}
