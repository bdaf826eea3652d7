using System.Diagnostics;
using HdrHistogram;
using OS2iot.Tests.Fakes;

namespace OS2iot.Benchmarks;

/// <summary>A data target within this process: counts messages and how long each was on its way.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long[] _sent = new long[1_000_000];
    private long _received;

    private Sink(WebApplication app) => _app = app;

    public int Port { get; private init; }

    public long Received => Volatile.Read(ref _received);

    /// <summary>Microseconds from the POST to the sink.</summary>
    public HistogramBase Latency { get; private set; } = new LongConcurrentHistogram(1, 600_000_000, 3);

    public static async Task<Sink> StartAsync()
    {
        var port = HostProcess.FreePort();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var sink = new Sink(app) { Port = port };
        app.Run(sink.TakeAsync);
        await app.StartAsync();
        return sink;
    }

    public void Forget()
    {
        _received = 0;
        Latency = new LongConcurrentHistogram(1, 600_000_000, 3);
    }

    public void Sending(long n)
    {
        var sent = _sent;
        if (n >= sent.Length)
        {
            lock (_app)
            {
                if (n >= _sent.Length)
                {
                    Array.Resize(ref _sent, (int)(2 * n));
                }

                sent = _sent;
            }
        }

        sent[n] = Stopwatch.GetTimestamp();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            if (result.IsCompleted)
            {
                Note(Load.NumberOf(result.Buffer.IsSingleSegment ? result.Buffer.FirstSpan : System.Buffers.BuffersExtensions.ToArray(result.Buffer)));
                reader.AdvanceTo(result.Buffer.End);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private void Note(long n)
    {
        var sent = _sent;
        if (n >= 0 && n < sent.Length && sent[n] != 0)
        {
            Latency.RecordValue(Math.Clamp((long)Stopwatch.GetElapsedTime(sent[n]).TotalMicroseconds, 1, 600_000_000));
        }

        Interlocked.Increment(ref _received);
    }
}
