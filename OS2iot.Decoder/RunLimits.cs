using System.Diagnostics;
using Jint;

namespace OS2iot.Decoder;

/// <summary>
/// Ends a run whose time is up, asked by the engine every few statements. One budget for everything that belongs to the run,
/// though the engine is entered several times: it is begun by us and never reset by the engine.
/// </summary>
internal sealed class RunLimits : Constraint
{
    private ThreadCpuClock? _clock;
    private TimeSpan _cpuEnd;
    private TimeSpan _cpuLimit;
    private long _nextLook;
    private long _wallEnd;

    /// <summary>It only looks at clocks, so it need not be asked at each statement.</summary>
    public override bool IsAmortizable => true;

    public void Begin(ThreadCpuClock clock, TimeSpan cpuLimit, TimeSpan wallClockLimit)
    {
        var now = Stopwatch.GetTimestamp();
        _clock = clock;
        _cpuLimit = cpuLimit;
        _cpuEnd = clock.Recent + cpuLimit;
        _nextLook = now + Ticks(cpuLimit);
        _wallEnd = now + Ticks(wallClockLimit);
    }

    public override void Check()
    {
        var now = Stopwatch.GetTimestamp();
        if (_clock is null || (now < _nextLook && now < _wallEnd))
        {
            return;
        }

        var left = _cpuEnd - _clock.Now;
        if (left <= TimeSpan.Zero || now >= _wallEnd)
        {
            throw new RunLimitException(DecodeFailure.Timeout, TooLong(_cpuLimit));
        }

        _nextLook = now + Ticks(left);
    }

    public override void Reset()
    {
        // The engine resets at each entry; the budget is that of the whole run.
    }

    public static string TooLong(TimeSpan limit) => $"The script ran longer than {limit.TotalMilliseconds:0} ms.";

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}

/// <summary>A run is over because it met a limit. Scripts cannot catch it.</summary>
internal sealed class RunLimitException(DecodeFailure failure, string message) : Exception(message)
{
    public DecodeFailure Failure { get; } = failure;
}
