using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Messaging;

namespace OS2iot.Workers.Delivery;

/// <summary>
/// The way to one target: so many tries at once and no more, and none while the target is down. Everything that one target's
/// trouble could take from others is counted here.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore whose wait handle nobody asked for holds nothing.")]
internal sealed class TargetLane(DataTargetSenders senders, DeliveryOptions options, int width, TimeProvider clock)
{
    private const int ErrorMaxLength = 1000;

    private readonly SemaphoreSlim _slots = new(width);
    private readonly CircuitBreaker _circuit = new(options, clock);
    private int _late;
    private volatile bool _took;
    private TargetFailures? _failures;

    /// <summary>Tries at once.</summary>
    public int Width => width;

    /// <summary>Tries are under way that took longer than the pipeline waits; newcomers better not wait behind them.</summary>
    public bool IsLate => Volatile.Read(ref _late) > 0;

    /// <summary>Nobody is here, so the lane can be forgotten.</summary>
    public bool IsIdle => _slots.CurrentCount == width && _circuit.Room(1) == 1 && !_took && _failures is null;

    /// <summary>Tries that may start now.</summary>
    public int Room => _circuit.Room(_slots.CurrentCount);

    /// <summary>Counts a try that goes on although its message was put in the table.</summary>
    public void MarkLate() => Interlocked.Increment(ref _late);

    public void UnmarkLate() => Interlocked.Decrement(ref _late);

    /// <summary>What happened since this was last asked; null for nothing.</summary>
    public TargetNews? TakeNews(int dataTargetId)
    {
        var failures = Interlocked.Exchange(ref _failures, null);
        var took = _took;
        _took = false;
        return took || failures is not null ? new TargetNews(dataTargetId, took, failures) : null;
    }

    /// <summary>Waits for a free place, unless the target is down or late.</summary>
    /// <returns>False when the message is better put in the table. After true, <see cref="TryAsync"/> or <see cref="Leave"/> must follow.</returns>
    public async Task<bool> EnterAsync(CancellationToken patience)
    {
        if (_circuit.Room(1) == 0)
        {
            return false;
        }

        try
        {
            if (!_slots.Wait(0, CancellationToken.None))
            {
                if (IsLate)
                {
                    return false;
                }

                await _slots.WaitAsync(patience);
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        if (_circuit.TryEnter())
        {
            return true;
        }

        _slots.Release();
        return false;
    }

    /// <summary>Gives the place back without having tried.</summary>
    public void Leave()
    {
        _circuit.Withdraw();
        _slots.Release();
    }

    /// <summary>One try, in a place that <see cref="EnterAsync"/> gave. Never throws: what went wrong is in the result.</summary>
    public async Task<DeliveryTry> TryAsync(OutgoingDelivery delivery, CancellationToken ct)
    {
        using var span = LogTracing.Continue("deliver", ActivityKind.Client, delivery.TraceParent);
        var attemptedAt = clock.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        var result = await SendAsync(delivery, ct);
        var working = result.Outcome is DeliveryOutcome.Delivered or DeliveryOutcome.Refused;

        _circuit.Report(working);
        _slots.Release();

        span?.SetTag("os2iot.message.id", delivery.Message.MessageId);
        span?.SetTag("os2iot.data_target.id", delivery.Target.Id);
        if (result.Outcome != DeliveryOutcome.Delivered)
        {
            span?.SetStatus(ActivityStatusCode.Error, result.Error);
        }

        result = result with { Error = Tidy(result.Error) };
        Note(result, attemptedAt);
        if (result.Rest is { } rest)
        {
            // From here on the delivery is what is left of it.
            delivery = delivery with { Message = delivery.Message with { Payload = rest } };
        }

        return new DeliveryTry(delivery, result, attemptedAt, Stopwatch.GetElapsedTime(started));
    }

    private void Note(DeliveryResult result, DateTimeOffset attemptedAt)
    {
        if (result.Outcome == DeliveryOutcome.Delivered)
        {
            if (!_took)
            {
                _took = true;
            }

            return;
        }

        // Lost to a simultaneous failure or question at worst, which says the same.
        var before = Volatile.Read(ref _failures);
        var gone = result.Outcome == DeliveryOutcome.Gone || before is { Gone: true };
        Volatile.Write(ref _failures, new TargetFailures(before?.Since ?? attemptedAt, attemptedAt, result.Error, gone));
    }

    private async Task<DeliveryResult> SendAsync(OutgoingDelivery delivery, CancellationToken ct)
    {
        if (delivery.Target is not { Type: { } type, Settings: { } settings })
        {
            return new DeliveryResult(DeliveryOutcome.RetryLater, Error: delivery.Target.Problem);
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(options.TryTimeout);
        try
        {
            return await senders.SendAsync(type, settings, delivery.Message, timeout.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return new DeliveryResult(DeliveryOutcome.RetryLater, Error: "OS2iot was stopped during the try.");
        }
        catch (OperationCanceledException)
        {
            return new DeliveryResult(DeliveryOutcome.RetryLater, Error: "The target did not answer in time.");
        }
        catch (Exception exception)
        {
            // A sender throws connection failures as they come. Anything else is a defect of the sender, and costs no one else.
            return new DeliveryResult(DeliveryOutcome.RetryLater, Error: exception.Message);
        }
    }

    /// <summary>PostgreSQL's text has neither NUL nor halves of characters, which a cut leaves; and nobody reads more than this.</summary>
    private static string? Tidy(string? error)
    {
        if (error is null)
        {
            return null;
        }

        var text = error.Replace("\0", "", StringComparison.Ordinal);
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Length <= ErrorMaxLength ? text : text[..ErrorMaxLength]));
    }
}

/// <param name="DataTargetId">The target.</param>
/// <param name="Took">It took a message.</param>
/// <param name="Failures">Those there were.</param>
internal sealed record TargetNews(int DataTargetId, bool Took, TargetFailures? Failures);

/// <param name="Since">When the first try of them began.</param>
/// <param name="LastAt">When the last one began.</param>
/// <param name="Error">The last one's.</param>
/// <param name="Gone">The target said that it is gone.</param>
internal sealed record TargetFailures(DateTimeOffset Since, DateTimeOffset LastAt, string? Error, bool Gone);
