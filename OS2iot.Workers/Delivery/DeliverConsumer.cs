using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Workers.LiveView;
using OS2iot.Workers.Routing;

namespace OS2iot.Workers.Delivery;

/// <summary>
/// Delivers decoded uplinks to their targets at once. What a target does not take within a moment is put in the table, in one
/// round trip with the record of the tries, before the batch is acknowledged: so a slow target holds up nobody and nothing is lost.
/// </summary>
internal sealed partial class DeliverConsumer(
    IMessageLog log,
    RoutingTable routing,
    TargetLanes lanes,
    DeliveryTable table,
    DeliveryLedger ledger,
    DeviceMessageNotices notices,
    IOptions<DeliveryOptions> options,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    ILogger<DeliverConsumer> logger)
    : LogConsumer(log, LogTopic.UplinksDecoded, "delivery")
{
    private const int MaxUnsaved = 50_000;

    /// <summary>Deliveries that share the time which the first tries have.</summary>
    private const int MaxAtOnce = 64;

    private static readonly TimeSpan SaveTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Tries that ended but could not be saved yet: when their batch comes again they are not repeated.</summary>
    private readonly ConcurrentDictionary<DeliveryKey, DeliveryTry> _unsaved = new();

    /// <summary>Deliveries of batches under way that are saved: when a later part could not be and the batch comes again, they are not repeated.</summary>
    private readonly ConcurrentDictionary<DeliveryKey, bool> _handled = new();

    protected override async Task HandleAsync(IReadOnlyList<LogRecord> batch, CancellationToken ct)
    {
        var deliveries = await OutgoingAsync(batch.Read(UplinkDecoded.From, LogUnreadable), ct);
        if (deliveries.Count == 0)
        {
            return;
        }

        // A backlog comes in large batches. What one part's time is too short for is put in the table, which is slower; so parts are small.
        foreach (var part in deliveries.Where(d => !_handled.ContainsKey(d.Key)).Chunk(MaxAtOnce))
        {
            await DeliverAsync([.. part], ct);
            if (part.Length == MaxAtOnce)
            {
                Remember(part);
            }
        }

        foreach (var delivery in deliveries)
        {
            _handled.TryRemove(delivery.Key, out _);
        }
    }

    private async Task DeliverAsync(List<OutgoingDelivery> deliveries, CancellationToken ct)
    {
        var tries = await TryAllAsync(deliveries, ct);
        var ended = new List<DeliveryTry>(tries.Count);
        var putOff = new List<PutOffDelivery>();
        var late = new List<FirstTry>();
        await SortAsync(tries, ended, putOff, late);
        await SaveAsync(ended, putOff, late, deliveries);
    }

    /// <summary>Each message with each target that wants it.</summary>
    private async Task<List<OutgoingDelivery>> OutgoingAsync(List<UplinkDecoded> decoded, CancellationToken ct)
    {
        var routes = await routing.RoutesOfAsync([.. decoded.Select(d => d.DeviceId).Distinct()], ct);
        var deliveries = new List<OutgoingDelivery>(decoded.Count);
        foreach (var uplink in decoded.Where(d => d.Error is null))
        {
            foreach (var connection in routes[uplink.DeviceId].Connections)
            {
                if (connection.PayloadDecoderId == uplink.PayloadDecoderId && connection.Target.Type is not { IsPublished: true })
                {
                    deliveries.Add(Outgoing(uplink, connection));
                }
            }
        }

        return deliveries;
    }

    private async Task<List<FirstTry>> TryAllAsync(List<OutgoingDelivery> deliveries, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(options.Value.FirstTryBudget);

        var tries = new List<FirstTry>(deliveries.Count);
        foreach (var delivery in deliveries)
        {
            if (_unsaved.ContainsKey(delivery.Key))
            {
                continue;
            }

            var first = new FirstTry(delivery, lanes.Of(delivery.Target));
            first.Start(patience.Token, lifetime.ApplicationStopped);
            tries.Add(first);
        }

        try
        {
            await Task.WhenAll(tries.Select(t => t.Ended)).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The wait is over, not the tries.
        }

        // Whoever still waits for a place gets none any more, so that none begins unseen below.
        await patience.CancelAsync();
        return tries;
    }

    private async Task SortAsync(List<FirstTry> tries, List<DeliveryTry> ended, List<PutOffDelivery> putOff, List<FirstTry> late)
    {
        var now = clock.GetUtcNow();
        foreach (var first in tries)
        {
            first.Abandon();
            if (first.HasBegun && !first.Ended.IsCompleted)
            {
                first.Lane.MarkLate();
                late.Add(first);
                putOff.Add(new PutOffDelivery(first.Delivery, 0, now, UnderWay: true, null));
            }
            else if (await first.Ended is { } done)
            {
                ended.Add(done);
            }
            else
            {
                putOff.Add(new PutOffDelivery(first.Delivery, 0, now, UnderWay: false, first.Delivery.Target.Problem));
            }
        }
    }

    private async Task SaveAsync(
        List<DeliveryTry> ended, List<PutOffDelivery> putOff, List<FirstTry> late, List<OutgoingDelivery> deliveries)
    {
        ended.AddRange(deliveries.Select(d => _unsaved.GetValueOrDefault(d.Key)).OfType<DeliveryTry>());
        putOff.AddRange(ended.Where(t => !t.Delivered).Select(PutOffAfterFailure));

        // What was sent is recorded even while the host stops: it spares the receivers a repeat.
        using var timeout = new CancellationTokenSource(SaveTimeout, clock);
        try
        {
            await table.SaveFirstTriesAsync(ended, putOff, timeout.Token);
        }
        catch
        {
            Remember(ended);
            FinishLate(late);
            throw;
        }

        foreach (var done in ended)
        {
            _unsaved.TryRemove(done.Delivery.Key, out _);
        }

        FinishLate(late);
        notices.Add(deliveries.Select(d => d.Message.DeviceId));
    }

    private PutOffDelivery PutOffAfterFailure(DeliveryTry failed)
    {
        var now = clock.GetUtcNow();
        var next = DeliverySchedule.NextAttempt(failed.Number, failed.Result, now, options.Value.Waits) ?? now;
        return new PutOffDelivery(failed.Delivery, failed.Number, next, UnderWay: false, failed.Result.Error);
    }

    /// <summary>The row of a late try carries our lease; when the try ends, the row goes or is put off.</summary>
    private void FinishLate(List<FirstTry> late)
    {
        foreach (var first in late)
        {
            ledger.RecordWhenEnded(first);
        }
    }

    private void Remember(OutgoingDelivery[] handled)
    {
        if (_handled.Count > MaxUnsaved)
        {
            _handled.Clear();
        }

        foreach (var delivery in handled)
        {
            _handled[delivery.Key] = true;
        }
    }

    private void Remember(List<DeliveryTry> ended)
    {
        if (_unsaved.Count > MaxUnsaved)
        {
            _unsaved.Clear();
        }

        foreach (var done in ended)
        {
            _unsaved[done.Delivery.Key] = done;
        }
    }

    private static OutgoingDelivery Outgoing(UplinkDecoded uplink, RoutedConnection connection) => new(
        new DeliveryMessage
        {
            MessageId = uplink.MessageId,
            DeviceId = uplink.DeviceId,
            ApplicationId = uplink.ApplicationId,
            OrganizationId = uplink.OrganizationId,
            ReceivedAt = uplink.ReceivedAt,
            DataTargetId = connection.Target.Id,
            Payload = uplink.Payload,
        },
        connection.Target,
        connection.ConnectionId,
        uplink.PayloadDecoderId,
        uplink.TraceParent);

    [LoggerMessage(LogLevel.Error, "A record of the log is no decoded uplink of ours and was passed over")]
    private partial void LogUnreadable(Exception exception);
}
