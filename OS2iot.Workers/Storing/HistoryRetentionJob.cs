using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Uplinks;

namespace OS2iot.Workers.Storing;

/// <summary>
/// Removes messages of organizations that keep them for less time than others, whose days can't be dropped yet, and dead letters
/// that are too old. A part at a time, each in a transaction of its own, found by the devices' indexes. One instance at a time.
/// </summary>
internal sealed partial class HistoryRetentionJob(
    NpgsqlDataSource database, IOptions<HistoryOptions> options, TimeProvider clock, ILogger<HistoryRetentionJob> logger) : BackgroundService
{
    /// <summary>Any number that no other job uses.</summary>
    private const long LockId = 0x0521_0707;

    private const int AtOnce = 5_000;

    private const string ReadDays =
        """
        WITH longest AS (
            SELECT greatest($2, least($3, coalesce(max(history_retention_days), 0))) AS days FROM organizations),
        wanted AS (
            SELECT o.id, $1 - least(coalesce(o.history_retention_days, $2), $3) AS before, $1 - l.days AS oldest
            FROM organizations o CROSS JOIN longest l)
        SELECT w.id, greatest(c.before, w.oldest), w.before FROM wanted w LEFT JOIN history_cleared c ON c.organization_id = w.id
        WHERE w.before > greatest(c.before, w.oldest)
        ORDER BY w.id
        """;

    private const string NoteCleared =
        """
        INSERT INTO history_cleared (organization_id, before) SELECT id, $2 FROM organizations WHERE id = $1
        ON CONFLICT (organization_id) DO UPDATE SET before = excluded.before
        """;

    private const string DeleteDead =
        """
        DELETE FROM deliveries WHERE state = 1 AND id IN (
            SELECT d.id FROM organizations o CROSS JOIN LATERAL (
                SELECT id FROM deliveries
                WHERE organization_id = o.id AND state = 1
                  AND received_at < ($1 - least(coalesce(o.history_retention_days, $2), $3))::timestamp AT TIME ZONE 'UTC'
                ORDER BY received_at LIMIT $4) d
            LIMIT $4)
        """;

    private static readonly (string Table, string Key)[] Tables =
    [
        ("delivery_attempts", "received_at, message_id, connection_id, attempted_at"),
        ("decoded_messages", "received_at, message_id, payload_decoder_id"),
        ("received_messages", "received_at, id"),
    ];

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                LogDone(await RunAsync(stoppingToken));
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <returns>How many rows went.</returns>
    internal async Task<long> RunAsync(CancellationToken ct)
    {
        // The session holds the lease while each part commits by itself.
        await using var connection = await database.OpenConnectionAsync(ct);
        if (await ScalarAsync(connection, "SELECT pg_try_advisory_lock($1)", ct, LockId) is not true)
        {
            return 0;
        }

        try
        {
            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            var removed = await DeleteAsync(
                connection, DeleteDead, ct, today, options.Value.RetentionDays, options.Value.LongestRetentionDays, AtOnce);
            foreach (var (organization, from, before) in await ReadDaysAsync(connection, today, ct))
            {
                removed += await ClearAsync(connection, organization, from, before, ct);
            }

            return removed;
        }
        finally
        {
            await ScalarAsync(connection, "SELECT pg_advisory_unlock($1)", CancellationToken.None, LockId);
        }
    }

    private async Task<List<(int Organization, DateOnly From, DateOnly Before)>> ReadDaysAsync(
        NpgsqlConnection connection, DateOnly today, CancellationToken ct)
    {
        // Days older than the longest retention are dropped as a whole, by another job.
        await using var command = Command(
            connection, ReadDays, today, options.Value.RetentionDays, options.Value.LongestRetentionDays);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var days = new List<(int, DateOnly, DateOnly)>();
        while (await reader.ReadAsync(ct))
        {
            days.Add((reader.GetInt32(0), reader.GetFieldValue<DateOnly>(1), reader.GetFieldValue<DateOnly>(2)));
        }

        return days;
    }

    private static async Task<long> ClearAsync(NpgsqlConnection connection, int organization, DateOnly from, DateOnly before, CancellationToken ct)
    {
        long removed = 0;

        // A day earlier than was cleared: what waited in the log came late. Oldest first, so that an interruption costs no day.
        for (var day = from.AddDays(-1); day < before; day = day.AddDays(1))
        {
            foreach (var (table, key) in Tables)
            {
                removed += await DeleteAsync(connection, DeleteOfDay(table, key), ct, organization, Start(day), Start(day.AddDays(1)), AtOnce);
            }

            await using var note = Command(connection, NoteCleared, organization, day.AddDays(1));
            await note.ExecuteNonQueryAsync(ct);
        }

        return removed;
    }

    // Device by device, by the index that each day has: other organizations' rows are not even read.
    private static string DeleteOfDay(string table, string key) =>
        $"""
        DELETE FROM {table} WHERE received_at >= $2 AND received_at < $3 AND ({key}) IN (
            SELECT old.* FROM devices d JOIN applications a ON a.id = d.application_id CROSS JOIN LATERAL (
                SELECT {key} FROM {table} m WHERE m.device_id = d.id AND m.received_at >= $2 AND m.received_at < $3
                ORDER BY m.received_at LIMIT $4) old
            WHERE a.organization_id = $1 LIMIT $4)
        """;

    /// <summary>Until a part comes back less than full.</summary>
    private static async Task<long> DeleteAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        long removed = 0;
        int part;
        do
        {
            await using var command = Command(connection, sql, values);
            part = await command.ExecuteNonQueryAsync(ct);
            removed += part;
        }
        while (part >= AtOnce);
        return removed;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteScalarAsync(ct);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    [LoggerMessage(LogLevel.Debug, "History: {Removed} rows removed that their organizations keep no longer")]
    private partial void LogDone(long removed);

    [LoggerMessage(LogLevel.Error, "Old messages could not be removed; trying again in an hour")]
    private partial void LogFailed(Exception exception);
}
