using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;

namespace OS2iot.Workers.Delivery;

/// <summary>
/// Since when each target has only failed, in PostgreSQL, for all instances together: what one of them delivered ends the failure
/// for all. Switches a target off that failed for days or is gone.
/// </summary>
internal sealed class TargetHealth(
    NpgsqlDataSource database, IServiceScopeFactory scopes, IOptions<DeliveryOptions> options, TimeProvider clock)
{
    private const int MaxSwitchedOffAtOnce = 100;

    private const string Recover = "DELETE FROM data_target_failures WHERE data_target_id = ANY($1)";

    // What was tried before somebody changed or resumed the target says nothing about it as it is now.
    private const string Fail =
        """
        INSERT INTO data_target_failures AS f (data_target_id, since, last_at, error, gone)
        SELECT n.data_target_id, n.since, n.last_at, n.error, n.gone
        FROM unnest($1, $2, $3, $4, $5) AS n (data_target_id, since, last_at, error, gone)
        JOIN data_targets t ON t.id = n.data_target_id AND t.updated_at <= n.since
        ON CONFLICT (data_target_id) DO UPDATE SET
            last_at = greatest(f.last_at, excluded.last_at), error = excluded.error, gone = f.gone OR excluded.gone
        """;

    private const string FindHopeless =
        """
        SELECT t.id FROM data_target_failures f JOIN data_targets t ON t.id = f.data_target_id
        WHERE t.disabled_at IS NULL AND (f.gone OR f.last_at - f.since >= $1)
        ORDER BY t.id LIMIT $2
        """;

    /// <summary>Writes down how targets fared.</summary>
    /// <exception cref="NpgsqlException">The database did not take it.</exception>
    public async Task SaveAsync(IReadOnlyList<TargetNews> news, CancellationToken ct)
    {
        if (news.Count == 0)
        {
            return;
        }

        await using var batch = database.CreateBatch();
        List<TargetNews> working = [.. news.Where(n => n.Took)];
        if (working.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Recover) { Parameters = { Columns.Of(working, n => n.DataTargetId) } });
        }

        List<(int Id, TargetFailures Of)> failing =
            [.. news.Where(n => n is { Took: false, Failures: not null }).Select(n => (n.DataTargetId, n.Failures!)).OrderBy(n => n.DataTargetId)];
        if (failing.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Fail)
            {
                Parameters =
                {
                    Columns.Of(failing, f => f.Id),
                    Columns.Of(failing, f => f.Of.Since),
                    Columns.Of(failing, f => f.Of.LastAt),
                    Columns.Of(failing, f => f.Of.Error),
                    Columns.Of(failing, f => f.Of.Gone),
                },
            });
        }

        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Switches off what failed for too long. Of several instances one does it.</summary>
    /// <returns>The targets that this call switched off.</returns>
    public async Task<IReadOnlyList<int>> SwitchOffAsync(CancellationToken ct)
    {
        var switchedOff = new List<int>();
        foreach (var id in await FindHopelessAsync(ct))
        {
            if (await SwitchOffAsync(id, ct))
            {
                switchedOff.Add(id);
            }
        }

        return switchedOff;
    }

    private async Task<List<int>> FindHopelessAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(FindHopeless);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = options.Value.SwitchOffAfter });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MaxSwitchedOffAtOnce });
        var ids = new List<int>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            ids.Add(reader.GetInt32(0));
        }

        return ids;
    }

    /// <summary>Compares again under the row's lock: meanwhile somebody may have resumed it, or another instance been faster.</summary>
    private async Task<bool> SwitchOffAsync(int id, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM data_targets WHERE id = {id} FOR UPDATE", ct);
        var target = await db.DataTargets.SingleOrDefaultAsync(t => t.Id == id && t.DisabledAt == null, ct);
        var failure = await db.DataTargetFailures.AsNoTracking().SingleOrDefaultAsync(f => f.DataTargetId == id, ct);
        if (target is null || failure is null || !(failure.Gone || failure.LastAt - failure.Since >= options.Value.SwitchOffAfter))
        {
            return false;
        }

        target.DisabledAt = clock.GetUtcNow();
        target.DisabledReason = Reason(failure);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private static string Reason(DataTargetFailure failure) => failure.Gone
        ? failure.Error ?? "The target says that it is gone for good."
        : $"Every try has failed since {failure.Since.UtcDateTime:yyyy-MM-dd HH:mm} UTC. The last one: {failure.Error ?? "it gave no reason."}";
}
