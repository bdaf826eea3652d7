using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace OS2iot.Simulator.Sinks;

internal static class SinksExtensions
{
    private const int MaxSinks = 1_000;

    private const int MaxBody = 1024 * 1024;

    private static readonly string[] IdHeaders = ["webhook-id", "Idempotency-Key"];

    public static WebApplicationBuilder AddSinks(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ConcurrentDictionary<string, Sink>>();
        return builder;
    }

    /// <summary>
    /// <c>POST /sink/{name}</c> takes a message, <c>GET</c> tells what came (<c>?full=true</c> with all message ids), <c>DELETE</c>
    /// forgets, <c>PUT /sink/{name}/faults</c> makes it misbehave.
    /// </summary>
    public static void MapSinks(this IEndpointRouteBuilder routes)
    {
        var sinks = routes.ServiceProvider.GetRequiredService<ConcurrentDictionary<string, Sink>>();
        routes.MapPost("/sink/{name}", (string name, HttpContext context, TimeProvider clock) => TakeAsync(Find(sinks, name), context, clock));
        routes.MapGet("/sink/{name}", (string name, bool? full) => Find(sinks, name).Report(full ?? false));
        routes.MapDelete("/sink/{name}", (string name) => sinks.TryRemove(name, out _) ? Results.NoContent() : Results.NotFound());
        routes.MapPut("/sink/{name}/faults", (string name, SinkFaults faults) =>
        {
            Find(sinks, name).Faults = faults;
            return Results.NoContent();
        });
    }

    private static Sink Find(ConcurrentDictionary<string, Sink> sinks, string name)
    {
        if (sinks.Count > MaxSinks)
        {
            sinks.Clear();
        }

        return sinks.GetOrAdd(name, _ => new Sink());
    }

    private static async Task TakeAsync(Sink sink, HttpContext context, TimeProvider clock)
    {
        var ct = context.RequestAborted;
        var faults = sink.Faults;
        if (faults.ClosesEarly)
        {
            sink.Take(new SinkMessage(IdOf(context.Request), clock.GetUtcNow(), null));
            context.Response.Headers.Connection = "close";
            await context.Response.CompleteAsync();
            context.Abort();
            return;
        }

        var body = await ReadAsync(context.Request, ct);
        if (faults.DelayMs > 0)
        {
            await Task.Delay(faults.DelayMs, ct);
        }

        if (faults.TakesAnyway)
        {
            sink.Take(new SinkMessage(IdOf(context.Request), clock.GetUtcNow(), body));
        }

        if (faults.Hang)
        {
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        if (faults.Reset)
        {
            context.Abort();
            return;
        }

        if (faults.Drip)
        {
            await DripAsync(context, ct);
            return;
        }

        if (faults.Lie)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (Fails(faults))
        {
            context.Response.StatusCode = faults.Status ?? StatusCodes.Status500InternalServerError;
            if (faults.RetryAfter is { } seconds)
            {
                context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            }

            await context.Response.WriteAsync("The sink was asked to fail.", ct);
            return;
        }

        if (!faults.TakesAnyway)
        {
            sink.Take(new SinkMessage(IdOf(context.Request), clock.GetUtcNow(), body));
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static string? IdOf(HttpRequest request) =>
        IdHeaders.Select(header => request.Headers[header].ToString()).FirstOrDefault(value => value.Length > 0);

    private static async Task DripAsync(HttpContext context, CancellationToken ct)
    {
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "text/plain";
        while (!ct.IsCancellationRequested)
        {
            await context.Response.WriteAsync("x", CancellationToken.None);
            await context.Response.Body.FlushAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(100), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool Fails(SinkFaults faults) => faults.FailRate is { } rate
        ? Random.Shared.NextDouble() < rate
        : faults.Status is not null and not (>= 200 and < 300);

    private static async Task<JsonElement?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > MaxBody)
        {
            return null;
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<JsonElement>(request.Body, cancellationToken: ct);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
