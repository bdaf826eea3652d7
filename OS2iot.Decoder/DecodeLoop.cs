namespace OS2iot.Decoder;

/// <summary>
/// The program: reads requests from standard input, one at a time, and answers on standard output. It ends with its parent, and
/// by itself if a run gets stuck and nobody ends it.
/// </summary>
internal static class DecodeLoop
{
    /// <summary>Deep enough for what the engine lets a script nest.</summary>
    private const int StackSize = 16 << 20;

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
        while (Frames.ReadRequest(input) is { } request)
        {
            alarm.Change(LastResort, Timeout.InfiniteTimeSpan);
            var result = engine.Run(request);
            alarm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Frames.Write(output, result);
        }
    }
}
