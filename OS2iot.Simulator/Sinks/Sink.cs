using System.Text.Json;

namespace OS2iot.Simulator.Sinks;

/// <summary>A receiver of messages: keeps the newest in memory, and misbehaves on request.</summary>
internal sealed class Sink
{
    /// <summary>Bodies kept; ids are kept longer, as tests count them.</summary>
    private const int MaxBodies = 1_000;

    private const int MaxIds = 1_000_000;

    private readonly Lock _lock = new();
    private readonly Queue<SinkMessage> _messages = new();
    private readonly HashSet<string> _ids = [];
    private long _count;

    public SinkFaults Faults { get; set; } = new();

    public void Take(SinkMessage message)
    {
        lock (_lock)
        {
            _count++;
            _messages.Enqueue(message);
            if (_messages.Count > MaxBodies)
            {
                _messages.Dequeue();
            }

            if (message.MessageId is { } id && _ids.Count < MaxIds)
            {
                _ids.Add(id);
            }
        }
    }

    public SinkReport Report(bool full)
    {
        lock (_lock)
        {
            return new SinkReport(_count, _ids.Count, _messages.LastOrDefault(), full ? [.. _ids] : null);
        }
    }
}

/// <param name="MessageId">What the sender said in <c>webhook-id</c> or <c>Idempotency-Key</c>.</param>
/// <param name="ReceivedAt">UTC.</param>
/// <param name="Body">JSON; null when the body was none.</param>
internal sealed record SinkMessage(string? MessageId, DateTimeOffset ReceivedAt, JsonElement? Body);

/// <param name="Count">Messages taken, repeats included.</param>
/// <param name="Distinct">Different message ids among them.</param>
/// <param name="Latest">The newest message.</param>
/// <param name="MessageIds">All ids, when asked for.</param>
internal sealed record SinkReport(long Count, int Distinct, SinkMessage? Latest, IReadOnlyList<string>? MessageIds);

/// <summary>How a sink misbehaves. All empty: not at all.</summary>
internal sealed record SinkFaults
{
    /// <summary>Answered instead of 204; the message is not taken.</summary>
    public int? Status { get; init; }

    /// <summary>Waited before the answer.</summary>
    public int DelayMs { get; init; }

    /// <summary>Of so many, from 0 to 1, only is <see cref="Status"/> (or 500) answered.</summary>
    public double? FailRate { get; init; }

    /// <summary>Never answers.</summary>
    public bool Hang { get; init; }

    /// <summary>Cuts the connection.</summary>
    public bool Reset { get; init; }

    /// <summary>Answers 204 although the message is not taken.</summary>
    public bool Lie { get; init; }

    /// <summary>Answers a letter at a time, and never ends.</summary>
    public bool Drip { get; init; }

    /// <summary>Seconds, sent with the status.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Takes the message all the same, so that what it answered, or did not, is a lie.</summary>
    public bool TakesAnyway { get; init; }

    /// <summary>Answers 200 before it has read the message, and hangs up.</summary>
    public bool ClosesEarly { get; init; }
}
