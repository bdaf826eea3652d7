using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace OS2iot.Ingest.Limits;

/// <summary>
/// Ids of messages that are in the log, so that a repeat need not go there again. Only what the log confirmed is noted, so nothing can
/// be lost by it. What this process forgot, or another one took, is recognized by Workers.
/// </summary>
internal sealed class RecentMessages : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly TimeSpan _turn;
    private readonly int _capacity;
    private readonly Meter _meter;
    private readonly Counter<long> _repeats;
    private Generations _generations;

    public RecentMessages(IOptions<LimitsOptions> options, TimeProvider clock, IMeterFactory meters)
    {
        // Two generations: an id is remembered for half of the window at least and all of it at most.
        (_clock, _turn, _capacity) = (clock, options.Value.DuplicateWindow / 2, options.Value.DuplicateCapacity / 2);
        _generations = new Generations([], [], clock.GetTimestamp());
        _meter = meters.Create("OS2iot.Ingest.Duplicates");
        _repeats = _meter.CreateCounter<long>("os2iot.ingest.duplicates", "{message}", "Repeats that were answered as the first was, and not taken again");
    }

    /// <summary>Whether the message is in the log; a repeat is counted.</summary>
    public bool IsRepeat(Guid messageId)
    {
        var generations = Current();
        if (!generations.New.ContainsKey(messageId) && !generations.Old.ContainsKey(messageId))
        {
            return false;
        }

        _repeats.Add(1);
        return true;
    }

    /// <summary>The log has confirmed the message.</summary>
    public void Add(Guid messageId)
    {
        var generations = Current();
        generations.New.TryAdd(messageId, 0);
        if (Interlocked.Increment(ref generations.Count) >= _capacity)
        {
            Turn(generations);
        }
    }

    public void Dispose() => _meter.Dispose();

    private Generations Current()
    {
        var generations = Volatile.Read(ref _generations);
        if (_clock.GetElapsedTime(generations.Since) < _turn)
        {
            return generations;
        }

        Turn(generations);
        return Volatile.Read(ref _generations);
    }

    private void Turn(Generations from)
    {
        // After a long silence the younger half is out of the window too.
        var old = _clock.GetElapsedTime(from.Since) < _turn * 2 ? from.New : [];
        Interlocked.CompareExchange(ref _generations, new Generations([], old, _clock.GetTimestamp()), from);
    }

    private sealed class Generations(ConcurrentDictionary<Guid, byte> young, ConcurrentDictionary<Guid, byte> old, long since)
    {
        public int Count;

        public ConcurrentDictionary<Guid, byte> New => young;

        public ConcurrentDictionary<Guid, byte> Old => old;

        public long Since => since;
    }
}
