using Microsoft.Extensions.Options;
using Npgsql;

namespace OS2iot.Workers.Audit;

/// <summary>Removes lines of the audit log that are old enough, a part at a time. One instance at a time.</summary>
internal sealed partial class AuditRetentionJob(
    NpgsqlDataSource database, IOptions<AuditOptions> options, TimeProvider clock, ILogger<AuditRetentionJob> logger) : BackgroundService
{
    /// <summary>Any number that no other job uses.</summary>
    private const long LockId = 0x0521_0A0D;

    private const int AtOnce = 5_000;

    private const string DeleteOld =
        """
        DELETE FROM audit_entries WHERE id IN (SELECT id FROM audit_entries WHERE at < $1 ORDER BY at, id LIMIT $2)
        """;

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

    /// <returns>How many went.</returns>
    internal async Task<int> RunAsync(CancellationToken ct)
    {
        var removed = 0;
        while (true)
        {
            await using var connection = await database.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await using var lease = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection, transaction)
            {
                Parameters = { new() { Value = LockId } },
            };
            if (await lease.ExecuteScalarAsync(ct) is not true)
            {
                return removed;
            }

            await using var command = new NpgsqlCommand(DeleteOld, connection, transaction)
            {
                Parameters = { new() { Value = clock.GetUtcNow() - options.Value.Retention }, new() { Value = AtOnce } },
            };
            var part = await command.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
            removed += part;
            if (part < AtOnce)
            {
                return removed;
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "Audit log: {Removed} old lines removed")]
    private partial void LogDone(int removed);

    [LoggerMessage(LogLevel.Error, "Old lines of the audit log could not be removed; trying again in an hour")]
    private partial void LogFailed(Exception exception);
}
