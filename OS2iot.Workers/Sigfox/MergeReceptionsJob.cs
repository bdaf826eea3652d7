using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Uplinks;

namespace OS2iot.Workers.Sigfox;

/// <summary>
/// Brings the signal that Sigfox told later to the message in the history, once that is there, and forgets who heard messages that are
/// not kept any more.
/// </summary>
internal sealed partial class MergeReceptionsJob(
    NpgsqlDataSource database, IOptions<HistoryOptions> options, TimeProvider clock, ILogger<MergeReceptionsJob> logger) : BackgroundService
{
    private const int AtOnce = 5_000;

    // What the message itself told stays. Repeats are known for two days, and so is which reception was the first.
    private const string Merge =
        """
        WITH waiting AS (
            SELECT r.message_id, f.received_at, r.rssi, r.snr FROM sigfox_receptions r JOIN uplink_firsts f ON f.message_id = r.message_id
            WHERE NOT r.is_merged ORDER BY r.received_at LIMIT $1 FOR UPDATE OF r SKIP LOCKED
        ), merged AS (
            UPDATE received_messages m SET rssi = coalesce(m.rssi, w.rssi), snr = coalesce(m.snr, w.snr)
            FROM waiting w WHERE m.id = w.message_id AND m.received_at = w.received_at
            RETURNING m.id
        )
        UPDATE sigfox_receptions r SET is_merged = true FROM merged WHERE r.message_id = merged.id
        """;

    private const string GiveUp = "UPDATE sigfox_receptions SET is_merged = true WHERE NOT is_merged AND received_at < $1";

    private const string Forget =
        """
        DELETE FROM sigfox_receptions WHERE message_id IN (
            SELECT r.message_id FROM sigfox_receptions r JOIN devices d ON d.id = r.device_id JOIN applications a ON a.id = d.application_id
            JOIN organizations o ON o.id = a.organization_id
            WHERE r.received_at < ($1 - least(coalesce(o.history_retention_days, $2), $3))::timestamp AT TIME ZONE 'UTC' LIMIT $4)
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan BetweenForgetting = TimeSpan.FromHours(1);

    private static readonly TimeSpan Patience = TimeSpan.FromDays(2);

    private DateTimeOffset _forgetAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
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
    }

    internal async Task RunAsync(CancellationToken ct)
    {
        while (await ExecuteAsync(Merge, ct, AtOnce) == AtOnce)
        {
        }

        if (clock.GetUtcNow() < _forgetAt)
        {
            return;
        }

        await ExecuteAsync(GiveUp, ct, clock.GetUtcNow() - Patience);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        while (await ExecuteAsync(Forget, ct, today, options.Value.RetentionDays, options.Value.LongestRetentionDays, AtOnce) == AtOnce)
        {
        }

        _forgetAt = clock.GetUtcNow() + BetweenForgetting;
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(LogLevel.Error, "Who heard messages could not be brought to them; trying again")]
    private partial void LogFailed(Exception exception);
}
