using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Uplinks;

namespace OS2iot.Workers.Storing;

/// <summary>Creates the days of the history ahead and drops those that are too old for every organization. One instance at a time.</summary>
internal sealed partial class HistoryPartitionsJob(
    NpgsqlDataSource database, IOptions<HistoryOptions> options, TimeProvider clock, ILogger<HistoryPartitionsJob> logger) : BackgroundService
{
    /// <summary>Any number that no other job uses.</summary>
    private const long LockId = 0x0521_0705;

    private const int DaysAhead = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task RunAsync(CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        await using var lease = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection, transaction)
        {
            Parameters = { new() { Value = LockId } },
        };
        if (await lease.ExecuteScalarAsync(ct) is not true)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            """
            SELECT create_history_partitions($1, $2),
                   drop_history_partitions($1 - (SELECT greatest($3, least($4, coalesce(max(history_retention_days), 0))) FROM organizations))
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = today },
                new() { Value = today.AddDays(DaysAhead) },
                new() { Value = options.Value.RetentionDays },
                new() { Value = options.Value.LongestRetentionDays },
            },
        };
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            await reader.ReadAsync(ct);
            LogDone(reader.GetInt32(0), reader.GetInt32(1));
        }

        await transaction.CommitAsync(ct);
    }

    [LoggerMessage(LogLevel.Debug, "History: {Created} partitions created, {Dropped} dropped")]
    private partial void LogDone(int created, int dropped);

    [LoggerMessage(LogLevel.Error, "The history's partitions could not be looked after; trying again in an hour")]
    private partial void LogFailed(Exception exception);
}
