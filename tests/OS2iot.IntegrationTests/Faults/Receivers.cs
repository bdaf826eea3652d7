using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Simulator.Faults;
using OS2iot.Simulator.Sinks;

namespace OS2iot.IntegrationTests.Faults;

/// <summary>Data targets within this process: the simulator's sinks, each behind a route of its own.</summary>
internal sealed class Receivers : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<Guid, long> _arrivals = new();

    private Receivers(WebApplication app) => _app = app;

    public IReadOnlyList<Receiver> All { get; private set; } = [];

    /// <summary>When each message first was here, as a timestamp of <see cref="Stopwatch"/>.</summary>
    public IReadOnlyDictionary<Guid, long> Arrivals => _arrivals;

    public static async Task<Receivers> StartAsync(int count)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddSinks();
        var app = builder.Build();
        var receivers = new Receivers(app);
        app.Use(async (context, next) =>
        {
            var at = Stopwatch.GetTimestamp();
            await next(context);
            if (Guid.TryParse(context.Request.Headers["webhook-id"], out var id) && context.Response.StatusCode is >= 200 and < 300)
            {
                receivers._arrivals.TryAdd(id, at);
            }
        });
        app.MapSinks();
        await app.StartAsync();

        var address = app.Urls.Single();
        var sinks = app.Services.GetRequiredService<ConcurrentDictionary<string, Sink>>();
        receivers.All = [.. Enumerable.Range(0, count).Select(i => new Receiver($"target{i}", sinks, new FaultProxy(new Uri(address).Port)))];
        return receivers;
    }

    /// <summary>Ids of all messages that were taken, by any of them.</summary>
    public HashSet<Guid> Taken() => [.. All.SelectMany(r => r.Sink.Report(full: true).MessageIds!).Select(Guid.Parse)];

    /// <summary>Messages that were taken once more.</summary>
    public long Duplicates() => All.Select(r => r.Sink.Report(full: false)).Sum(r => r.Count - r.Distinct);

    public async ValueTask DisposeAsync()
    {
        foreach (var receiver in All)
        {
            await receiver.Link.DisposeAsync();
        }

        await _app.DisposeAsync();
    }
}

internal sealed class Receiver(string name, ConcurrentDictionary<string, Sink> sinks, FaultProxy link)
{
    public Sink Sink { get; } = sinks.GetOrAdd(name, _ => new Sink());

    public FaultProxy Link => link;

    public string Url => $"http://127.0.0.1:{link.Port}/sink/{name}";
}
