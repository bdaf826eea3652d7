using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;

namespace OS2iot.Tests.Api;

/// <summary>Counts what requests ask of the database, by the spans that its driver reports.</summary>
internal sealed class CommandCounter : IDisposable
{
    private readonly ConcurrentDictionary<ActivityTraceId, ConcurrentQueue<string>> _watched = new();

    private readonly ActivityListener _listener;

    public CommandCounter()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore" or "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                _watched.ContainsKey(options.TraceId) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span =>
            {
                if (span.Source.Name == "Npgsql" && _watched.TryGetValue(span.TraceId, out var commands)
                    && (span.GetTagItem("db.query.text") ?? span.GetTagItem("db.statement")) is string text)
                {
                    commands.Enqueue(text);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Sends a request and answers what it asked, in order.</summary>
    public async Task<(Answer Answer, IReadOnlyList<string> Commands)> Of(ApiClient client, string path)
    {
        var trace = ActivityTraceId.CreateRandom();
        var commands = _watched.GetOrAdd(trace, _ => new ConcurrentQueue<string>());
        var answer = await client.Send(HttpMethod.Get, path, null, headers => Trace(headers, trace));
        _watched.TryRemove(trace, out _);
        return (answer, [.. commands]);
    }

    public void Dispose() => _listener.Dispose();

    private static void Trace(HttpRequestHeaders headers, ActivityTraceId trace) => headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
}
