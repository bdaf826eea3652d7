using Microsoft.Extensions.Options;
using Npgsql;

namespace OS2iot.Workers.NetworkEvents;

/// <summary>Creates the days of what networks tell ahead, and drops those that are old enough. One instance at a time.</summary>
internal sealed partial class NetworkHistoryJob(
    NpgsqlDataSource database, IOptions<NetworkEventOptions> options, TimeProvider clock, ILogger<NetworkHistoryJob> logger) : BackgroundService
{
    /// <summary>Any number that no other job uses.</summary>
    private const long LockId = 0x0521_0E0A;

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
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("SELECT pg_try_advisory_xact_lock($1)", LockId);
        if (await batch.ExecuteScalarAsync(ct) is not true)
        {
            return;
        }

        batch.BatchCommands.Clear();
        foreach (var (table, days) in ((string, int)[])
            [("network_events", options.Value.RetentionDays), ("receptions", options.Value.ReceptionsRetentionDays)])
        {
            batch.Add("SELECT create_day_partitions($1, $2, $3)", table, today, today.AddDays(DaysAhead));
            batch.Add("SELECT drop_day_partitions($1, $2)", table, today.AddDays(-days));
        }

        // What a gateway was last stays known, however long ago it was.
        batch.Add(
            """
            DELETE FROM gateway_status_history h WHERE h.at < $1
              AND EXISTS (SELECT 1 FROM gateway_status_history later WHERE later.gateway_id = h.gateway_id AND later.at > h.at)
            """,
            clock.GetUtcNow() - TimeSpan.FromDays(options.Value.GatewayHistoryRetentionDays));
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    [LoggerMessage(LogLevel.Error, "What networks told could not be looked after; trying again in an hour")]
    private partial void LogFailed(Exception exception);
}
