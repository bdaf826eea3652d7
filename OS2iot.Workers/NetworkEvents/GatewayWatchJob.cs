using Microsoft.Extensions.Options;
using Npgsql;

namespace OS2iot.Workers.NetworkEvents;

/// <summary>
/// Notices gateways that went without a word and those that came back, and lets the numbers of today begin anew at midnight (UTC).
/// Several instances may do so at once.
/// </summary>
internal sealed partial class GatewayWatchJob(
    NpgsqlDataSource database, IOptions<NetworkEventOptions> options, TimeProvider clock, ILogger<GatewayWatchJob> logger) : BackgroundService
{
    // From when it was last heard plus the time that it may be silent.
    private const string Gone =
        """
        INSERT INTO gateway_status_history (gateway_id, at, was_online)
        SELECT g.id, g.last_seen_at + $2, false FROM gateways g
        CROSS JOIN LATERAL (SELECT h.at, h.was_online FROM gateway_status_history h WHERE h.gateway_id = g.id ORDER BY h.at DESC LIMIT 1) newest
        WHERE g.last_seen_at < $1 AND newest.was_online AND newest.at <= g.last_seen_at + $2
        ON CONFLICT DO NOTHING
        """;

    private const string Back =
        """
        INSERT INTO gateway_status_history (gateway_id, at, was_online)
        SELECT g.id, g.last_seen_at, true FROM gateways g
        LEFT JOIN LATERAL (SELECT h.at, h.was_online FROM gateway_status_history h WHERE h.gateway_id = g.id ORDER BY h.at DESC LIMIT 1) newest ON true
        WHERE g.last_seen_at >= $1 AND newest.was_online IS NOT TRUE AND (newest.at IS NULL OR newest.at < g.last_seen_at)
        ON CONFLICT DO NOTHING
        """;

    private const string NewDay =
        """
        UPDATE gateways g SET rx_packets_received = 0, tx_packets_emitted = 0
        WHERE (g.rx_packets_received <> 0 OR g.tx_packets_emitted <> 0)
          AND NOT EXISTS (SELECT 1 FROM gateway_traffic t WHERE t.gateway_id = g.id AND t.day = $1)
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

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
        var now = clock.GetUtcNow();
        var silence = options.Value.GatewayAwayAfter;
        await using var batch = database.CreateBatch();
        batch.Add(Gone, now - silence, silence);
        batch.Add(Back, now - silence);
        batch.Add(NewDay, DateOnly.FromDateTime(now.UtcDateTime));
        await batch.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning, "Whether gateways are there could not be looked at; trying again in a moment")]
    private partial void LogFailed(Exception exception);
}
