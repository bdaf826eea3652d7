using System.Diagnostics;

namespace OS2iot.Decoder;

/// <summary>
/// The program: reads requests from standard input, runs one after the other, and answers on standard output in their order. It ends with its parent, and
/// by itself if a run gets stuck and nobody ends it.
/// </summary>
internal static class DecodeLoop
{
    /// <summary>Deep enough for what the engine lets a script nest.</summary>
    private const int StackSize = 16 << 20;

    /// <summary>Bytes of results that wait for those of the requests that came with them.</summary>
    private const int MaxHeldBack = 32 << 10;

    /// <summary>Others wait for these results, and a run that gets stuck takes those held back with it.</summary>
    private static readonly TimeSpan LongestHeldBack = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LastResort = TimeSpan.FromSeconds(30);

    public static int Run(DecodeLimits limits)
    {
        var thread = new Thread(() => Serve(limits), StackSize);
        thread.Start();
        thread.Join();
        return 0;
    }

    private static void Serve(DecodeLimits limits)
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        using var alarm = new Timer(_ => Environment.FailFast("A script got stuck and the parent did not end it."));
        var engine = new DecoderEngine(limits, ThreadCpuClock.OfThisThread());
        var requests = new FrameReader(input);
        var results = new FrameWriter(output);
        while (requests.ReadRequest() is { } request)
        {
            alarm.Change(LastResort, Timeout.InfiniteTimeSpan);
            var begun = Stopwatch.GetTimestamp();
            for (var next = request; next is not null; next = requests.HasNext ? requests.ReadRequest() : null)
            {
                results.Add(engine.Run(next));
                if (results.Length > MaxHeldBack || Stopwatch.GetElapsedTime(begun) > LongestHeldBack)
                {
                    results.Flush();
                    begun = Stopwatch.GetTimestamp();
                }
            }

            alarm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            results.Flush();
        }
    }
}
