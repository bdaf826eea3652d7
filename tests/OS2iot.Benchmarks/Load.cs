using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HdrHistogram;

namespace OS2iot.Benchmarks;

/// <summary>What a load saw.</summary>
/// <param name="Answered">Requests answered 2xx.</param>
/// <param name="Refused">Answered otherwise.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Latency">Microseconds. With a rate: from when the request was due, so that waiting in line counts.</param>
internal sealed record LoadResult(long Answered, long Refused, TimeSpan Elapsed, HistogramBase Latency)
{
    public double PerSecond => Answered / Elapsed.TotalSeconds;

    public double Percentile(double percentile) => Latency.GetValueAtPercentile(percentile) / 1000.0;
}

/// <summary>
/// Posts numbered messages over plain HTTP/1.1 connections, one request at a time on each. Hand-made because it shares the
/// machine with what it measures: a few microseconds a request.
/// </summary>
internal sealed class Load(int port, IReadOnlyList<string> paths)
{
    private const string BodyBefore = "{\"n\":";

    private const string BodyAfter =
        ",\"level\":1.27,\"battery\":98,\"unit\":\"m\",\"station\":\"Strandby havn, ydermole\",\"quality\":\"good\",\"samples\":[1.26,1.27,1.27,1.28,1.27],\"firmware\":\"2.4.1\",\"uptime\":8641230}";

    private long _next;

    private long _sent;

    /// <summary>Messages sent so far, over several runs.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <param name="connections">Requests under way at most.</param>
    /// <param name="duration">After it no new request begins.</param>
    /// <param name="perSecond">Null: each connection goes on as soon as it was answered.</param>
    /// <param name="count">No more requests than this.</param>
    /// <param name="onSending">Called with the message's number as it goes out.</param>
    /// <param name="mayGo">Called before each request; waits while the target is too far behind.</param>
    public async Task<LoadResult> RunAsync(
        int connections, TimeSpan duration, double? perSecond = null, long count = long.MaxValue, Action<long>? onSending = null,
        Func<ValueTask>? mayGo = null)
    {
        var histogram = new LongConcurrentHistogram(1, 60_000_000, 3);
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var first = Volatile.Read(ref _next);
        var last = count == long.MaxValue ? long.MaxValue : first + count;
        long answered = 0, refused = 0;

        async Task ConnectionAsync(int number)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var request = new Request(paths, port);
            var buffer = new byte[4096];
            while (Stopwatch.GetTimestamp() < end)
            {
                if (mayGo is not null)
                {
                    await mayGo();
                }

                var n = Interlocked.Increment(ref _next) - 1;
                if (n >= last)
                {
                    return;
                }

                var due = Stopwatch.GetTimestamp();
                if (perSecond is { } rate)
                {
                    due = start + (long)((n - first) / rate * Stopwatch.Frequency);
                    if (due >= end)
                    {
                        return;
                    }

                    await UntilAsync(due);
                }

                onSending?.Invoke(n);
                Interlocked.Increment(ref _sent);
                await socket.SendAsync(request.Of(n), SocketFlags.None);
                var ok = await AnswerAsync(socket, buffer);
                Interlocked.Increment(ref ok ? ref answered : ref refused);
                histogram.RecordValue(Math.Clamp((long)(Stopwatch.GetElapsedTime(due).TotalMicroseconds), 1, 60_000_000));
            }
        }

        await Task.WhenAll(Enumerable.Range(0, connections).Select(c => Task.Run(() => ConnectionAsync(c))));
        return new LoadResult(answered, refused, Stopwatch.GetElapsedTime(start), histogram);
    }

    /// <summary>The number in a body that came from here, or -1.</summary>
    public static long NumberOf(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf("\"n\":"u8);
        return at >= 0 && Utf8Parser.TryParse(body[(at + 4)..], out long number, out _) ? number : -1;
    }

    private static async ValueTask UntilAsync(long due)
    {
        var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
        if (wait > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(wait);
        }
    }

    // The hosts answer with a length or with none (204), never in chunks.
    private static async ValueTask<bool> AnswerAsync(Socket socket, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None);
            if (read == 0)
            {
                throw new IOException("The host closed the connection.");
            }

            length += read;
            if (IsWhole(buffer.AsSpan(0, length)))
            {
                return buffer[9] == (byte)'2';
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var header = answer[..end].IndexOf("Content-Length: "u8);
        return header < 0
            || (Utf8Parser.TryParse(answer[(header + 16)..], out int body, out _) && answer.Length >= end + 4 + body);
    }

    private sealed class Request(IReadOnlyList<string> paths, int port)
    {
        private readonly byte[] _buffer = new byte[2048];

        public ReadOnlyMemory<byte> Of(long n)
        {
            var body = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{BodyBefore}{n}{BodyAfter}");
            var text = string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"POST {paths[(int)(n % paths.Count)]} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            return _buffer.AsMemory(0, Encoding.ASCII.GetBytes(text, _buffer));
        }
    }
}
