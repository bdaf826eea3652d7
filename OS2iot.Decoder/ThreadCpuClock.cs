using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OS2iot.Decoder;

/// <summary>
/// Processor time of one thread, readable from any thread. By it a script is not blamed for a busy machine. Where the system
/// has no such clock it is the time by the clock.
/// </summary>
internal sealed class ThreadCpuClock
{
    /// <summary>Well below what a run may take, and well above what asking costs.</summary>
    private static readonly TimeSpan OldEnough = TimeSpan.FromMilliseconds(1);

    private readonly int? _id;
    private TimeSpan _recent;
    private long _recentAt;

    private ThreadCpuClock(int? id)
    {
        _id = id;
    }

    public static ThreadCpuClock OfThisThread()
    {
        try
        {
            return new ThreadCpuClock(
                OperatingSystem.IsLinux() && Environment.Is64BitProcess && GetClockId(Self(), out var id) == 0 ? id : null);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return new ThreadCpuClock(null);
        }
    }

    /// <summary>Only differences mean something. Never asked of a thread that ended.</summary>
    public TimeSpan Now => _id is { } id && GetTime(id, out var time) == 0
        ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100))
        : Stopwatch.GetElapsedTime(0);

    /// <summary>As <see cref="Now"/>, up to a millisecond late; to be asked by one thread only.</summary>
    public TimeSpan Recent
    {
        get
        {
            var now = Stopwatch.GetTimestamp();
            if (_recentAt == 0 || Stopwatch.GetElapsedTime(_recentAt, now) > OldEnough)
            {
                (_recent, _recentAt) = (Now, now);
            }

            return _recent;
        }
    }

    [DllImport("libc", EntryPoint = "pthread_self")]
    private static extern nint Self();

    [DllImport("libc", EntryPoint = "pthread_getcpuclockid")]
    private static extern int GetClockId(nint thread, out int clockId);

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int GetTime(int clockId, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
