using System.Diagnostics.CodeAnalysis;
using Npgsql;
using OS2iot.Core.Messaging;

namespace OS2iot.Ingest.Mqtt;

/// <summary>
/// Where a listener's messages wait until the handler has taken them. Those of one lane go in their order, gathered into one call
/// while the call before is under way; lanes go beside each other. It is bounded: what does not fit stays with the broker.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A token source without a timer holds nothing.")]
internal sealed partial class MqttIntake(
    MqttSubscription subscription, MqttHandler handler, MqttBudget budget, MqttMetrics metrics, TimeProvider clock, ILogger logger)
{
    private const int MaxBatch = 100;
    private const int MaxBatchBytes = 1024 * 1024;

    /// <summary>Tries of one message that fails for no reason that passes.</summary>
    private const int MaxTries = 3;

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan HoldStep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RoomStep = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly OncePerMinute _warnings = new(clock);
    private Dictionary<ushort, MqttDelivery> _mayComeAgain = [];
    private TaskCompletionSource? _idle;
    private int _count;
    private long _bytes;
    private bool _isClosed;

    /// <summary>Messages in memory.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>A connection begins. Without a session at the broker nothing of before comes again.</summary>
    public void Begin(MqttSession session, bool isSessionPresent)
    {
        lock (_gate)
        {
            if (!isSessionPresent)
            {
                _mayComeAgain = [];
            }
        }

        session.Open();
    }

    /// <summary>A connection ended. What it had not acknowledged is known when it comes again.</summary>
    public void End(MqttSession session)
    {
        lock (_gate)
        {
            // What the connections before did not get repeated is still the broker's to repeat, unless it was acknowledged then.
            var known = _mayComeAgain.Where(p => !subscription.NumbersAreSequential || !p.Value.IsTaken).ToDictionary();
            foreach (var (number, delivery) in session.MayComeAgain())
            {
                known[number] = delivery;
            }

            _mayComeAgain = known;
        }
    }

    /// <summary>
    /// Completes once it has a place. Until then nothing more is read from its connection: what does not fit stays with the broker, also
    /// where that sends more at once than we ask for, as Mosquitto 2.0.11 does when it has a backlog.
    /// </summary>
    public async Task ReceiveAsync(MqttDelivery delivery, CancellationToken ct)
    {
        metrics.Received(subscription.Name);
        if (delivery.Length > subscription.MaxPayload)
        {
            Drop(delivery, MqttMetrics.TooLarge);
            return;
        }

        while (!delivery.Session.HasEnded)
        {
            var (isIn, toStart) = TryAdd(delivery);
            if (toStart is not null)
            {
                _ = Task.Run(() => RunAsync(toStart), CancellationToken.None);
            }

            if (isIn)
            {
                return;
            }

            if (delivery.Qos == 0)
            {
                Drop(delivery, MqttMetrics.NoRoom);
                return;
            }

            await Task.Delay(RoomStep, clock, ct);
        }
    }

    /// <summary>Takes nothing more, waits a while for what is under way, and ends the rest, which the broker has still.</summary>
    public async Task CloseAsync(TimeSpan patience)
    {
        Task idle;
        lock (_gate)
        {
            _isClosed = true;
            foreach (var lane in _lanes.Values)
            {
                while (lane.Waiting.TryDequeue(out var delivery))
                {
                    Settle(delivery);
                }
            }

            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _lanes.Count == 0 ? Task.CompletedTask : _idle.Task;
        }

        await idle.WaitAsync(patience, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync();
    }

    private (bool IsIn, Lane? ToStart) TryAdd(MqttDelivery delivery)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return (true, null);
            }

            if (_count >= subscription.MaxHeld || _bytes + delivery.Length > subscription.MaxBytesInFlight || !budget.TryTake(delivery.Length))
            {
                return (false, null);
            }

            Recognize(delivery);
            return (true, Add(delivery));
        }
    }

    /// <summary>Only what the broker marks as sent before, under the same number and with the same content.</summary>
    private void Recognize(MqttDelivery delivery)
    {
        if (delivery.Qos == 0)
        {
            return;
        }

        if (_mayComeAgain.Remove(delivery.PacketId, out var earlier) && delivery.IsDuplicate && earlier.IsSameAs(delivery))
        {
            delivery.Earlier = earlier;
            earlier.IsSuperseded = true;
        }

        delivery.Session.Add(delivery);
    }

    private Lane? Add(MqttDelivery delivery)
    {
        var name = subscription.LaneOf(delivery.Topic);
        var isNew = !_lanes.TryGetValue(name, out var lane);
        if (isNew)
        {
            _lanes[name] = lane = new Lane(name);
        }

        lane!.Waiting.Enqueue(delivery);
        _count++;
        _bytes += delivery.Length;
        return isNew ? lane : null;
    }

    private async Task RunAsync(Lane lane)
    {
        while (TakeBatch(lane) is { } batch)
        {
            try
            {
                await HoldBackAsync(batch);
                await HandleAsync(lane, batch);
            }
            catch (Exception exception) when (!_stopping.IsCancellationRequested)
            {
                LogFailed(exception, subscription.Name, lane.Printable);
            }
            catch (Exception)
            {
                // The host ends; the broker has them still.
            }
            finally
            {
                batch.ForEach(Settle);
            }
        }
    }

    private async Task HoldBackAsync(List<MqttDelivery> batch)
    {
        var wait = subscription.HoldBack(batch[0].Topic, batch.Count);
        var began = clock.GetTimestamp();
        while (wait - clock.GetElapsedTime(began) is { Ticks: > 0 } left && Count <= subscription.HoldsUpTo)
        {
            await Task.Delay(left < HoldStep ? left : HoldStep, clock, _stopping.Token);
        }
    }

    private List<MqttDelivery>? TakeBatch(Lane lane)
    {
        lock (_gate)
        {
            if (lane.Waiting.Count == 0)
            {
                _lanes.Remove(lane.Name);
                if (_lanes.Count == 0)
                {
                    _idle?.TrySetResult();
                }

                return null;
            }

            var batch = new List<MqttDelivery>();
            for (var bytes = 0; batch.Count < MaxBatch && bytes < MaxBatchBytes && lane.Waiting.TryDequeue(out var next); bytes += next.Length)
            {
                batch.Add(next);
            }

            return batch;
        }
    }

    private void Taken(MqttDelivery delivery)
    {
        delivery.Take();
        Settle(delivery);
    }

    /// <summary>Its place is free.</summary>
    private void Settle(MqttDelivery delivery)
    {
        lock (_gate)
        {
            if (!delivery.IsSettled)
            {
                delivery.IsSettled = true;
                delivery.LetGo();
                _count--;
                _bytes -= delivery.Length;
                budget.GiveBack(delivery.Length);
            }
        }
    }

    private async Task HandleAsync(Lane lane, List<MqttDelivery> batch)
    {
        for (var failures = 0; ; failures++)
        {
            batch = await StillToHandleAsync(batch);
            if (batch.Count == 0)
            {
                return;
            }

            try
            {
                await handler(batch.ConvertAll(d => d.Message!), _stopping.Token);
                metrics.Taken(subscription.Name, batch.Count);
                batch.ForEach(Taken);
                foreach (var delivery in batch)
                {
                    await delivery.Session.AcknowledgeAsync(delivery, Remembered);
                }

                return;
            }
            catch (Exception exception) when (!_stopping.IsCancellationRequested)
            {
                if (Passes(exception))
                {
                    if (_warnings.IsTimeFor("away"))
                    {
                        LogAway(exception, subscription.Name);
                    }
                }
                else if (batch.Count > 1)
                {
                    // One of them is the cause; the others must not suffer for it.
                    foreach (var delivery in batch)
                    {
                        await HandleAsync(lane, [delivery]);
                    }

                    return;
                }
                else if (failures + 1 >= MaxTries)
                {
                    LogFailed(exception, subscription.Name, lane.Printable);
                    await DropAsync(batch[0], MqttMetrics.Failed);
                    return;
                }
            }

            await Task.Delay(BackOff(failures), clock, _stopping.Token);
        }
    }

    /// <summary>
    /// Without those that were taken the first time they came, and those that came again. One whose connection ended stays: a broker
    /// that broke down may not have it any more.
    /// </summary>
    private async Task<List<MqttDelivery>> StillToHandleAsync(List<MqttDelivery> batch)
    {
        if (batch.TrueForAll(d => d.Earlier is null && !d.IsSuperseded))
        {
            return batch;
        }

        var left = new List<MqttDelivery>(batch.Count);
        foreach (var delivery in batch)
        {
            if (delivery.Earlier is { IsTaken: true })
            {
                metrics.Redelivered(subscription.Name);
                Taken(delivery);
                await delivery.Session.AcknowledgeAsync(delivery, Remembered);
            }
            else if (delivery.IsSuperseded)
            {
                Settle(delivery);
            }
            else
            {
                left.Add(delivery);
            }
        }

        return left;
    }

    private int Remembered => subscription.NumbersAreSequential ? subscription.MaxHeld : 0;

    /// <summary>Somebody whom we need is away; whatever the message, it would fail.</summary>
    private static bool Passes(Exception exception) =>
        exception is LogUnavailableException or NpgsqlException or TimeoutException or OperationCanceledException;

    private static TimeSpan BackOff(int failures)
    {
        var wait = FirstBackOff * Math.Pow(2, Math.Min(failures, 10));
        return (wait < LongestBackOff ? wait : LongestBackOff) * (0.75 + (Random.Shared.NextDouble() / 2));
    }

    private void Drop(MqttDelivery delivery, string reason) => _ = DropAsync(delivery, reason);

    /// <summary>Acknowledged all the same: it would come again for ever.</summary>
    private async Task DropAsync(MqttDelivery delivery, string reason)
    {
        metrics.Dropped(subscription.Name, reason);
        if (_warnings.IsTimeFor($"{reason} {delivery.Topic}"))
        {
            LogDropped(subscription.Name, OncePerMinute.Printable(delivery.Topic), delivery.Length, reason);
        }

        await delivery.Session.AcknowledgeAsync(delivery, 0);
    }

    [LoggerMessage(LogLevel.Warning, "Messages from the {Listener} broker can't be passed on now; they wait unacknowledged")]
    private partial void LogAway(Exception exception, string listener);

    [LoggerMessage(LogLevel.Error, "Messages from the {Listener} broker on {Topic} were not handled")]
    private partial void LogFailed(Exception exception, string listener, string topic);

    [LoggerMessage(LogLevel.Warning, "A message from the {Listener} broker on {Topic} with {Bytes} bytes was dropped: {Reason}")]
    private partial void LogDropped(string listener, string topic, int bytes, string reason);

    internal sealed class Lane(string name)
    {
        public string Name => name;

        public string Printable => OncePerMinute.Printable(name);

        public Queue<MqttDelivery> Waiting { get; } = new();
    }
}
