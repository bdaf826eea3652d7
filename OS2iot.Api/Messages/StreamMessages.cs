using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FastEndpoints;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Messages;

/// <summary>
/// A device's messages as they come and as they change, as server-sent events. A client that says where it was (Last-Event-ID, as
/// browsers do when they connect again) first gets the newest messages once more; others get only what is new. Messages have ids, so
/// one that comes twice replaces itself.
/// </summary>
[Answers(typeof(string), "text/event-stream", Example = "event: message\nid: 019b0f6e-0000-7000-8000-000000000000\ndata: {}\n\n")]
internal sealed partial class StreamMessages(
    AppDbContext db,
    Caller caller,
    MessageReader reader,
    LiveMessages live,
    IOptions<LiveMessagesOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock) : EndpointWithoutRequest
{
    private const int Newest = 20;

    /// <summary>A message's decoding and deliveries follow within moments; one look shows them all.</summary>
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(200);

    /// <summary>A device that floods costs its watchers one look per second each.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(800);

    private readonly Dictionary<Guid, string> _sent = [];

    public override void Configure()
    {
        Get("iot-device/{id}/messages/stream");
        Policies(Role.Read);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        if (!await db.Devices.VisibleTo(caller).AnyAsync(d => d.Id == id, ct))
        {
            throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
        }

        using var watch = live.Begin(id, caller.UserId);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        try
        {
            if (HttpContext.Features.Get<HeadersOnly>() is null)
            {
                await StreamAsync(id, watch, stop.Token);
            }
            else
            {
                await BeginAsync(stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The watcher left, or the host stops.
        }
        catch (Exception exception) when (HttpContext.Response.HasStarted)
        {
            // The client connects again; until then the stream is over.
            LogEnded(exception, id);
        }
    }

    private async Task StreamAsync(int id, LiveMessages.Watch watch, CancellationToken ct)
    {
        var again = HttpContext.Request.Headers.ContainsKey("Last-Event-ID");
        var changed = await ChangedAsync(id, ct);
        await BeginAsync(ct);
        if (again)
        {
            await SendAsync(changed, ct);
        }

        var check = clock.GetUtcNow() + options.Value.Heartbeat;
        while (true)
        {
            var wait = check - clock.GetUtcNow();
            if (wait > TimeSpan.Zero && await watch.WaitAsync(wait, ct))
            {
                await Task.Delay(Debounce, clock, ct);
                await SendAsync(await ChangedAsync(id, ct), ct);
                await Task.Delay(Pause, clock, ct);
            }

            if (clock.GetUtcNow() >= check)
            {
                if (!await MaySeeAsync(id, ct))
                {
                    return;
                }

                await WriteAsync(": alive\n\n"u8.ToArray(), ct);
                check = clock.GetUtcNow() + options.Value.Heartbeat;
            }
        }
    }

    private async Task BeginAsync(CancellationToken ct)
    {
        var response = HttpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await WriteAsync(": open\n\n"u8.ToArray(), ct);
    }

    private async Task<bool> MaySeeAsync(int id, CancellationToken ct)
    {
        if (long.TryParse(User.FindFirst("exp")?.Value, CultureInfo.InvariantCulture, out var expires)
            && clock.GetUtcNow().ToUnixTimeSeconds() >= expires)
        {
            return false;
        }

        var now = await caller.RenewAsync(db, clock.GetUtcNow(), ct);
        return now is not null && now.Has(PermissionType.Read) && await db.Devices.VisibleTo(now).AnyAsync(d => d.Id == id, ct);
    }

    /// <summary>What was not sent yet, or not like this; oldest first.</summary>
    private async Task<List<(Guid Id, byte[] Json)>> ChangedAsync(int id, CancellationToken ct)
    {
        var page = await reader.ReadAsync(id, Newest, before: null, ct);
        var changed = new List<(Guid, byte[])>();
        foreach (var message in page.Data.Reverse())
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Answers);
            var hash = Convert.ToHexString(SHA256.HashData(json));
            if (!_sent.TryGetValue(message.Id, out var before) || before != hash)
            {
                _sent[message.Id] = hash;
                changed.Add((message.Id, json));
            }
        }

        foreach (var old in _sent.Keys.Except(page.Data.Select(m => m.Id)).ToList())
        {
            _sent.Remove(old);
        }

        return changed;
    }

    private async Task SendAsync(List<(Guid Id, byte[] Json)> messages, CancellationToken ct)
    {
        foreach (var (id, json) in messages)
        {
            // Line breaks end an event's line; in JSON as it was received they are only space between tokens.
            json.AsSpan().Replace((byte)'\n', (byte)' ');
            json.AsSpan().Replace((byte)'\r', (byte)' ');
            await WriteAsync([.. Encoding.UTF8.GetBytes($"event: message\nid: {id}\ndata: "), .. json, .. "\n\n"u8], ct);
        }
    }

    private async Task WriteAsync(byte[] bytes, CancellationToken ct)
    {
        await HttpContext.Response.Body.WriteAsync(bytes, ct);
        await HttpContext.Response.Body.FlushAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning, "The stream of device {DeviceId} ended early")]
    private partial void LogEnded(Exception exception, int deviceId);
}
