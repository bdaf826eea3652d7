using System.Numerics;

namespace OS2iot.Ingest.Limits;

/// <summary>
/// How often each of any number of senders may come, in a fixed amount of memory and without anything to forget. A
/// sender has two cells, found by a hash that differs from process to process; each says until when it is used up. The less used of
/// both counts: a flood that shares one cell with a neighbour costs it nothing, and to share both is as good as impossible.
/// </summary>
internal sealed class RateTable
{
    private const int Turns = 64;

    private readonly long[] _cells;
    private readonly int _mask;
    private readonly Lock[] _turns = [.. Enumerable.Range(0, Turns).Select(_ => new Lock())];
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64() | 1;
    private readonly TimeProvider _clock;
    private readonly double _ticksPerMessage;
    private readonly double _tolerance;

    /// <param name="perSecond">Sustained rate; 0 is no limit.</param>
    /// <param name="burst">So many may come at once after a pause.</param>
    /// <param name="cells">A power of two; eight bytes each.</param>
    /// <param name="clock">Tells the time.</param>
    public RateTable(double perSecond, int burst, int cells, TimeProvider clock)
    {
        _clock = clock;
        _ticksPerMessage = perSecond > 0 ? clock.TimestampFrequency / perSecond : 0;
        _tolerance = _ticksPerMessage * (burst - 1);
        _cells = perSecond > 0 ? new long[cells] : [];
        _mask = cells - 1;
    }

    /// <returns>Zero when the sender may go on, which is counted; else how long it has to wait.</returns>
    public TimeSpan Take(ulong sender)
    {
        if (_ticksPerMessage == 0)
        {
            return TimeSpan.Zero;
        }

        // One message of a sender after the other, for some nanoseconds: between the two cells another one could slip through.
        var (first, second) = CellsOf(sender);
        lock (_turns[first % Turns])
        {
            return Take(first, second);
        }
    }

    private TimeSpan Take(int first, int second)
    {
        while (true)
        {
            var now = _clock.GetTimestamp();
            ref var less = ref _cells[first];
            ref var more = ref _cells[second];
            if (Volatile.Read(ref more) < Volatile.Read(ref less))
            {
                ref var swap = ref less;
                less = ref more;
                more = ref swap;
            }

            var used = Volatile.Read(ref less);
            var from = Math.Max(used, now);
            var wait = from - now - _tolerance;
            if (wait > 0)
            {
                return TimeSpan.FromSeconds(wait / _clock.TimestampFrequency);
            }

            var next = from + (long)Math.Max(1, _ticksPerMessage);
            if (Interlocked.CompareExchange(ref less, next, used) == used)
            {
                Raise(ref more, next);
                return TimeSpan.Zero;
            }
        }
    }

    private static void Raise(ref long cell, long to)
    {
        var seen = Volatile.Read(ref cell);
        while (seen < to)
        {
            var before = Interlocked.CompareExchange(ref cell, to, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private (int First, int Second) CellsOf(ulong sender)
    {
        var hash = Mix(sender ^ _seed);
        return ((int)hash & _mask, (int)(Mix(hash + _seed) >> 32) & _mask);
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return BitOperations.RotateLeft(value, 31) ^ value;
    }
}
