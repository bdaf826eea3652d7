using System.ComponentModel.DataAnnotations;
using OS2iot.Decoder;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>What one run of a user's script may cost. Checked when the host starts.</summary>
public sealed class DecodingOptions
{
    public const string Section = "Decoding";

    /// <summary>Processor time of one run. A busy machine does not shorten it; <see cref="WallClockLimit"/> bounds the waiting.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:01", ErrorMessage = "Decoding:TimeLimit must be between 10 ms and 1 s.")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time by the clock after which a run has ended, however little of the processor it got.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:10", ErrorMessage = "Decoding:WallClockLimit must be between 50 ms and 10 s.")]
    public TimeSpan WallClockLimit { get; set; } = TimeSpan.FromMilliseconds(900);

    /// <summary>Bytes that one run may allocate.</summary>
    [Range(1 << 20, 1 << 30, ErrorMessage = "Decoding:MemoryLimit must be between 1 MB and 1 GB.")]
    public int MemoryLimit { get; set; } = 32 << 20;

    [Range(1_000, 1_000_000_000, ErrorMessage = "Decoding:StatementLimit must be between 1,000 and 1,000,000,000.")]
    public int StatementLimit { get; set; } = 10_000_000;

    /// <summary>Times one function may stand on the call stack.</summary>
    [Range(16, 2_000, ErrorMessage = "Decoding:RecursionLimit must be between 16 and 2,000.")]
    public int RecursionLimit { get; set; } = 256;

    /// <summary>Elements of one array.</summary>
    [Range(1_000, 10_000_000, ErrorMessage = "Decoding:ArrayLimit must be between 1,000 and 10,000,000.")]
    public int ArrayLimit { get; set; } = 100_000;

    /// <summary>Bytes of the JSON that a run returns. With its headers it must fit the log.</summary>
    [Range(1_024, 900 << 10, ErrorMessage = "Decoding:ResultLimit must be between 1 kB and 900 kB.")]
    public int ResultLimit { get; set; } = 256 << 10;

    /// <summary>Characters of a script.</summary>
    [Range(1_024, 1 << 20, ErrorMessage = "Decoding:ScriptLimit must be between 1 kB and 1 MB.")]
    public int ScriptLimit { get; set; } = 128 << 10;

    /// <summary>Characters of source whose prepared form is kept in memory; the least recently used go first.</summary>
    [Range(1 << 16, 64 << 20, ErrorMessage = "Decoding:CacheLimit must be between 64 kB and 64 MB.")]
    public int CacheLimit { get; set; } = 2 << 20;

    /// <summary>
    /// Processes that run scripts, some 50 MB each; 0 is one for each processor, at most four. Never fewer than two, so that one
    /// script cannot take them all.
    /// </summary>
    [Range(0, 64, ErrorMessage = "Decoding:Processes must be between 0 and 64.")]
    public int Processes { get; set; }

    /// <summary>A process that had nothing to run for so long is ended; the next message starts another one.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Decoding:IdleTimeout must be between 1 s and 1 day.")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Starts all processes with the host and keeps them: no message ever waits for one to start, not even while a neighbour's
    /// script takes one down after the other.
    /// </summary>
    public bool KeepReady { get; set; }

    /// <summary>Runs that wait for a process before callers wait to hand over more.</summary>
    [Range(16, 100_000, ErrorMessage = "Decoding:QueueLimit must be between 16 and 100,000.")]
    public int QueueLimit { get; set; } = 1_024;

    /// <summary>Runs in a row that met a limit, after which a decoder is suspended.</summary>
    [Range(1, 100, ErrorMessage = "Decoding:SuspendAfter must be between 1 and 100.")]
    public int SuspendAfter { get; set; } = 3;

    /// <summary>The first suspension; each further one is twice as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00", ErrorMessage = "Decoding:FirstSuspension must be between 0.1 s and 1 h.")]
    public TimeSpan FirstSuspension { get; set; } = TimeSpan.FromSeconds(10);

    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00", ErrorMessage = "Decoding:LongestSuspension must be between 0.1 s and 1 day.")]
    public TimeSpan LongestSuspension { get; set; } = TimeSpan.FromMinutes(5);

    internal int ProcessCount => Math.Max(2, Processes == 0 ? Math.Min(4, Environment.ProcessorCount) : Processes);

    internal DecodeLimits ToLimits() => new()
    {
        Time = TimeLimit,
        WallClock = WallClockLimit,
        Memory = MemoryLimit,
        Statements = StatementLimit,
        Recursion = RecursionLimit,
        Array = ArrayLimit,
        Result = ResultLimit,
        Script = ScriptLimit,
        Cache = CacheLimit,
    };
}
