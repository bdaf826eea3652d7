using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Features;
using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>
/// Passes the Api's stream on to the page, each message as the card that the page itself would show. The browser never holds the
/// user's token.
/// </summary>
internal static class LiveMessages
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>A browser that stops reading stops its stream, not the portal's memory.</summary>
    private const int MostWaiting = 32;

    public static void MapLiveMessages(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/devices/{id:int}/live", StreamAsync).RequireAuthorization();

    private static async Task StreamAsync(
        int id, HttpContext http, MessageStreamClient messages, PartialRenderer renderer, IHostApplicationLifetime lifetime)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        using var source = await messages.OpenAsync(id, stop.Token);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        var waiting = Channel.CreateBounded<Message>(MostWaiting);
        var reading = FillAsync(source, waiting.Writer, stop.Token);
        try
        {
            await WriteAsync(http, ": open\n\n", stop.Token);
            while (await MoreAsync(http, waiting.Reader, stop.Token))
            {
                while (waiting.Reader.TryRead(out var message))
                {
                    var html = await renderer.RenderAsync(http, "/Pages/Devices/_Message.cshtml", message);
                    await WriteAsync(http, ToEvent(message.Id, html), stop.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or HttpRequestException or JsonException)
        {
            // The reader left, the host stops, or the Api went away: the page connects again by itself.
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    private static async Task FillAsync(HttpResponseMessage source, ChannelWriter<Message> waiting, CancellationToken ct)
    {
        Exception? end = null;
        try
        {
            await foreach (var message in MessageStreamClient.ReadAsync(source, ct))
            {
                await waiting.WriteAsync(message, ct);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or HttpRequestException or JsonException)
        {
            end = exception;
        }
        finally
        {
            waiting.TryComplete(end);
        }
    }

    /// <summary>Waits for messages, with a sign of life now and then: so proxies keep the connection and a lost browser is noticed.</summary>
    private static async Task<bool> MoreAsync(HttpContext http, ChannelReader<Message> waiting, CancellationToken ct)
    {
        var more = waiting.WaitToReadAsync(ct).AsTask();
        while (await Task.WhenAny(more, Task.Delay(Heartbeat, ct)) != more)
        {
            await WriteAsync(http, ": alive\n\n", ct);
        }

        return await more;
    }

    private static string ToEvent(Guid id, string html)
    {
        var text = new StringBuilder($"event: message\nid: {id}\n");
        foreach (var line in html.AsSpan().EnumerateLines())
        {
            text.Append("data: ").Append(line).Append('\n');
        }

        return text.Append('\n').ToString();
    }

    private static async Task WriteAsync(HttpContext http, string text, CancellationToken ct)
    {
        await http.Response.WriteAsync(text, ct);
        await http.Response.Body.FlushAsync(ct);
    }
}
