using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Workers.Sync;

/// <summary>What waits for outside systems, and who leads which of them.</summary>
internal sealed class SyncTable(IServiceScopeFactory scopes)
{
    private const int Examples = 100;

    public async Task<T> WithAsync<T>(Func<AppDbContext, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AppDbContext>());
    }

    /// <summary>Takes or keeps the lead of a system; null where another instance has it.</summary>
    public Task<SyncStatus?> LeadAsync(string system, Guid owner, TimeSpan lease, CancellationToken ct) => WithAsync<SyncStatus?>(async db =>
    {
        await db.Database.ExecuteSqlAsync($"INSERT INTO sync_status (system) VALUES ({system}) ON CONFLICT DO NOTHING", ct);
        var rows = await db.SyncStatuses.FromSql(
            $"""
            UPDATE sync_status SET lease_owner = {owner}, lease_until = now() + {lease}
            WHERE system = {system} AND (lease_owner IS NULL OR lease_owner = {owner} OR lease_until < now())
            RETURNING *
            """).AsNoTracking().ToListAsync(ct);
        return rows.Count == 0 ? null : rows[0];
    });

    public Task ReleaseAsync(string system, Guid owner, CancellationToken ct) => WithAsync(db => db.Database.ExecuteSqlAsync(
        $"UPDATE sync_status SET lease_owner = NULL, lease_until = NULL WHERE system = {system} AND lease_owner = {owner}", ct));

    /// <summary>What is due, oldest first.</summary>
    public Task<List<SyncChange>> DueAsync(string system, int atMost, CancellationToken ct) => WithAsync(db => db.SyncChanges.FromSql(
        $"""
        SELECT * FROM sync_changes
        WHERE system = {system} AND state = 0 AND (next_attempt_at IS NULL OR next_attempt_at <= now())
        ORDER BY id LIMIT {atMost}
        """).AsNoTracking().ToListAsync(ct));

    /// <summary>How long until a change that was put off is due; null where there is none.</summary>
    public Task<TimeSpan?> NextDueAsync(string system, CancellationToken ct) => WithAsync(async db => (await db.Database.SqlQuery<TimeSpan?>(
        $"""
        SELECT min(next_attempt_at) - now() AS "Value" FROM sync_changes WHERE system = {system} AND state = 0 AND next_attempt_at IS NOT NULL
        """).ToListAsync(ct))[0]);

    /// <summary>Forgets the changes of things that were applied, up to the newest that is known to be in it.</summary>
    public static Task ForgetAsync(AppDbContext db, string system, IReadOnlyList<SyncChange> applied, CancellationToken ct)
    {
        string[] kinds = [.. applied.Select(c => c.Kind)];
        string[] keys = [.. applied.Select(c => c.Key)];
        long[] ids = [.. applied.Select(c => c.Id)];
        return db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM sync_changes c USING unnest({kinds}, {keys}, {ids}) AS done (kind, key, id)
            WHERE c.system = {system} AND c.kind = done.kind AND c.key = done.key AND c.id <= done.id
            """,
            ct);
    }

    public static async Task RefuseAsync(AppDbContext db, SyncChange change, string error, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM sync_changes WHERE system = {change.System} AND kind = {change.Kind} AND key = {change.Key} AND id < {change.Id}
            """,
            ct);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE sync_changes SET state = 1, attempts = attempts + 1, error = {error} WHERE id = {change.Id}", ct);
    }

    public static Task PutOffAsync(AppDbContext db, SyncChange change, TimeSpan wait, string error, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"UPDATE sync_changes SET attempts = attempts + 1, next_attempt_at = now() + {wait}, error = {error} WHERE id = {change.Id}", ct);

    public Task SetReachedAsync(string system, CancellationToken ct) => WithAsync(db => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE sync_status SET failures = 0, failing_since = NULL, next_attempt_at = NULL, last_error = NULL, last_applied_at = now()
        WHERE system = {system}
        """,
        ct));

    public Task SetUnreachableAsync(string system, TimeSpan wait, string error, CancellationToken ct) => WithAsync(db => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE sync_status SET
            failures = failures + 1, failing_since = coalesce(failing_since, now()), next_attempt_at = now() + {wait}, last_error = {error}
        WHERE system = {system}
        """,
        ct));

    /// <summary>Notes what a comparison found, and lets it be repaired, but for what waits to be applied already.</summary>
    public Task RepairAsync(string system, SyncDrift drift, CancellationToken ct) => WithAsync(async db =>
    {
        SyncedKey[] all = [.. drift.Missing, .. drift.Different, .. drift.Extra];
        string[] kinds = [.. all.Select(k => k.Kind)];
        string[] keys = [.. all.Select(k => k.Key)];
        bool[] removals = [.. all.Select((_, i) => i >= all.Length - drift.Extra.Count)];
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO sync_changes (system, kind, key, is_removal)
            SELECT {system}, d.kind, d.key, d.is_removal FROM unnest({kinds}, {keys}, {removals}) AS d (kind, key, is_removal)
            WHERE NOT EXISTS (
                SELECT 1 FROM sync_changes c WHERE c.system = {system} AND c.kind = d.kind AND c.key = d.key AND c.state = 0)
            """,
            ct);
        var examples = JsonSerializer.Serialize(ExamplesOf(drift), JsonSerializerOptions.Web);
        return await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE sync_status SET reconciled_at = now(), reconcile_error = NULL, missing = {drift.Missing.Count}, extra = {drift.Extra.Count},
                different = {drift.Different.Count}, examples = {examples}::jsonb,
                failures = 0, failing_since = NULL, next_attempt_at = NULL, last_error = NULL
            WHERE system = {system}
            """,
            ct);
    });

    public Task SetReconcileFailedAsync(string system, string error, CancellationToken ct) => WithAsync(db => db.Database.ExecuteSqlAsync(
        $"UPDATE sync_status SET reconciled_at = now(), reconcile_error = {error} WHERE system = {system}", ct));

    private static IEnumerable<SyncDriftExample> ExamplesOf(SyncDrift drift) => drift.Missing.Select(k => Example(k, "missing"))
        .Concat(drift.Extra.Select(k => Example(k, "extra")))
        .Concat(drift.Different.Select(k => Example(k, "different")))
        .Take(Examples);

    private static SyncDriftExample Example(SyncedKey key, string difference) => new(key.Kind, key.Key, difference);
}
