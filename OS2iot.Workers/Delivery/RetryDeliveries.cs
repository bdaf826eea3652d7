using Microsoft.Extensions.Options;
using OS2iot.Workers.Routing;

namespace OS2iot.Workers.Delivery;

/// <summary>Takes what is due from the table and tries it again. Every instance does; leases keep them apart.</summary>
internal sealed partial class RetryDeliveries(
    DeliveryTable table,
    RoutingTable routing,
    TargetLanes lanes,
    DeliveryLedger ledger,
    IOptions<DeliveryOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<RetryDeliveries> logger) : BackgroundService
{
    private const int MaxUnderWay = 500;

    private static readonly TimeSpan LongestBuryInterval = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _room = new(MaxUnderWay);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var away = false;
        var buryInterval = TimeSpan.FromTicks(Math.Min(LongestBuryInterval.Ticks, options.Value.GiveUpAfter.Ticks / 10));
        var buryAt = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            var claimed = 0;
            try
            {
                claimed = await TryDueAsync(stoppingToken);
                if (clock.GetUtcNow() >= buryAt)
                {
                    await table.BuryOldAsync(stoppingToken);
                    buryAt = clock.GetUtcNow() + buryInterval;
                }

                away = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!away)
                {
                    LogAway(exception);
                }

                away = true;
            }

            await Task.Delay(claimed > 0 ? TimeSpan.FromMilliseconds(20) : options.Value.PollInterval, clock, stoppingToken);
        }
    }

    /// <returns>How many were claimed.</returns>
    private async Task<int> TryDueAsync(CancellationToken stoppingToken)
    {
        var room = _room.CurrentCount;
        if (room == 0)
        {
            return 0;
        }

        var claimed = await table.ClaimDueAsync(options.Value.ConcurrencyPerTarget, [.. lanes.Narrowed()], room, stoppingToken);
        if (claimed.Count == 0)
        {
            return 0;
        }

        var targets = await routing.TargetsOfAsync([.. claimed.Select(c => c.Message.DataTargetId).Distinct()], stoppingToken);
        foreach (var delivery in claimed)
        {
            if (targets.TryGetValue(delivery.Message.DataTargetId, out var target))
            {
                await _room.WaitAsync(stoppingToken);
                _ = TryAsync(delivery, target, stoppingToken);
            }
        }

        return claimed.Count;
    }

    private async Task TryAsync(ClaimedDelivery claimed, RoutedTarget target, CancellationToken stoppingToken)
    {
        try
        {
            var delivery = new OutgoingDelivery(
                claimed.Message, target, claimed.ConnectionId, claimed.PayloadDecoderId, claimed.TraceParent)
            { AttemptsBefore = claimed.Attempts };
            var lane = lanes.Of(target);

            // No place within the lease: it runs out, and the delivery is claimed again when there is one.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            patience.CancelAfter((options.Value.Lease - options.Value.TryTimeout) / 2);
            if (await lane.EnterAsync(patience.Token))
            {
                await ledger.RecordAsync(await lane.TryAsync(delivery, lifetime.ApplicationStopped), CancellationToken.None);
            }
        }
        catch (Exception exception)
        {
            LogLost(exception, claimed.Message.DataTargetId);
        }
        finally
        {
            _room.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Deliveries that are due can't be read; trying until they can")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(LogLevel.Error, "A try for data target {DataTargetId} ended without a result; its lease runs out and it is tried again")]
    private partial void LogLost(Exception exception, int dataTargetId);
}
