using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Messaging;
using OS2iot.Core.Sigfox;
using OS2iot.Ingest.Answers;
using OS2iot.Ingest.Devices;
using OS2iot.Ingest.Limits;

namespace OS2iot.Ingest.Sigfox;

/// <summary>
/// <c>POST|GET /api/v1/sigfox-callback/…?apiKey=…&amp;secret=…</c>: takes from Sigfox what a device sent, and what it tells of devices, one
/// by one or gathered. 204 says that the log has it, and so does 200, which also carries what waits for the device. 400 not as it must
/// be, 401 wrong secret, 404 no such device, 413 too large, 429 too many, 503 try again.
/// </summary>
internal sealed partial class ReceiveSigfoxCallback(
    SigfoxCallbackDoor door,
    SigfoxDownlinks downlinks,
    IngestLimits limits,
    RecentMessages recent,
    IMessageLog log,
    TimeProvider clock,
    IOptions<SigfoxCallbackOptions> options,
    TryAgain tryAgain,
    ILogger<ReceiveSigfoxCallback> logger)
{
    private static readonly Answer WrongKey = new(StatusCodes.Status400BadRequest, "Bad Request", null);

    private static readonly Answer WrongSecret = new(StatusCodes.Status401Unauthorized, "Unauthorized", null);

    private static readonly Answer NoSuchDevice = new(StatusCodes.Status404NotFound, "Not Found", null);

    private static readonly Answer TooLarge = new(StatusCodes.Status413PayloadTooLarge, "request entity too large", null);

    public async Task HandleAsync(HttpContext context, SigfoxCallbackKind kind)
    {
        var ct = context.RequestAborted;
        try
        {
            await ReceiveAsync(context, kind, ct);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await TooLarge.WriteAsync(context);
        }
        catch (InvalidDataException)
        {
            await Mistake("The body can't be decompressed.").WriteAsync(context);
        }
        catch (Exception exception) when (exception is LogUnavailableException or NpgsqlException or TimeoutException)
        {
            await tryAgain.WriteAsync(context, exception, options.Value.RetryAfter);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Sigfox hung up; nothing was promised to it.
        }
    }

    private async Task ReceiveAsync(HttpContext context, SigfoxCallbackKind kind, CancellationToken ct)
    {
        // Who it is about stands in the body; how much one address may send is known before.
        if (limits.CheckAddress(context.Connection.RemoteIpAddress) is { Ticks: > 0 } wait)
        {
            await TooMany.WriteAsync(context, wait);
            return;
        }

        if (await SigfoxCallbackBody.ReadAsync(context.Request, options.Value.MaxBodySize, ct) is not { } read)
        {
            await TooLarge.WriteAsync(context);
            return;
        }

        var (callbacks, mistake) = ReadAll(kind, read.Objects, read.Mistake);
        if (mistake is not null)
        {
            await Mistake(mistake).WriteAsync(context);
            return;
        }

        await TakeAllAsync(context, callbacks, ct);
    }

    private static (List<ReceivedCallback> Callbacks, string? Mistake) ReadAll(
        SigfoxCallbackKind kind, List<ReadOnlyMemory<byte>>? objects, string? mistake)
    {
        var callbacks = new List<ReceivedCallback>(objects?.Count ?? 0);
        foreach (var body in objects ?? [])
        {
            if (ReceivedCallback.Read(kind, body, out mistake) is not { } callback)
            {
                break;
            }

            callbacks.Add(callback);
        }

        return (callbacks, mistake);
    }

    /// <summary>
    /// Of callbacks that came together those that are welcome are taken, whatever the others are: one device that is not here, or sends
    /// too much, costs the others nothing. If one is to come again all do, and those that are taken are known by then.
    /// </summary>
    private async Task TakeAllAsync(HttpContext context, List<ReceivedCallback> callbacks, CancellationToken ct)
    {
        var taken = new List<(ReceivedCallback Callback, KnownDevice Device)>(callbacks.Count);
        Answer? refusal = null;
        var wait = TimeSpan.Zero;
        foreach (var callback in callbacks)
        {
            var (verdict, device) = await door.AskAsync(context.Request, callback.DeviceTypeId, callback.DeviceId, ct);
            if (device is null)
            {
                (refusal, var guessWait) = Refusal(context, verdict);
                wait = guessWait > wait ? guessWait : wait;
            }
            else if (limits.Check(device) is { Ticks: > 0 } deviceWait)
            {
                wait = deviceWait > wait ? deviceWait : wait;
            }
            else
            {
                taken.Add((callback, device));
            }
        }

        await AppendAsync(taken, ct);
        if (wait > TimeSpan.Zero)
        {
            await TooMany.WriteAsync(context, wait);
        }
        else if (taken.Count == 0 && refusal is not null)
        {
            await refusal.WriteAsync(context);
        }
        else
        {
            if (refusal is not null)
            {
                LogNotAll(callbacks.Count - taken.Count, callbacks.Count);
            }

            await AnswerAsync(context, taken, ct);
        }
    }

    private (Answer Refusal, TimeSpan Wait) Refusal(HttpContext context, SigfoxCallbackDoor.Verdict verdict) => verdict switch
    {
        SigfoxCallbackDoor.Verdict.WrongKey => (WrongKey, TimeSpan.Zero),
        SigfoxCallbackDoor.Verdict.WrongSecret => (WrongSecret, limits.CheckUnknown(context.Connection.RemoteIpAddress)),
        _ => (NoSuchDevice, limits.CheckUnknown(context.Connection.RemoteIpAddress)),
    };

    private async Task AppendAsync(List<(ReceivedCallback Callback, KnownDevice Device)> taken, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (uplinks, events, ids) = (new List<LogRecord>(taken.Count), new List<LogRecord>(), new List<Guid>(taken.Count));
        var senders = new List<KnownDevice>(taken.Count);
        foreach (var (callback, device) in taken)
        {
            if (callback.ToUplink(device, now) is { } uplink && !recent.IsRepeat(uplink.MessageId) && !ids.Contains(uplink.MessageId))
            {
                uplinks.Add(uplink.ToRecord());
                ids.Add(uplink.MessageId);
                senders.Add(device);
            }

            if (callback.ToEvent(device, now) is { } told && !recent.IsRepeat(told.EventId) && !ids.Contains(told.EventId))
            {
                events.Add(told.ToRecord());
                ids.Add(told.EventId);
            }
        }

        if (uplinks.Count > 0)
        {
            await log.AppendAsync(LogTopic.Uplinks, uplinks, ct);
        }

        if (events.Count > 0)
        {
            await log.AppendAsync(LogTopic.NetworkEvents, events, ct);
        }

        ids.ForEach(recent.Add);
        senders.ForEach(limits.Taken);
    }

    private async Task AnswerAsync(HttpContext context, List<(ReceivedCallback Callback, KnownDevice Device)> taken, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "none";
        var answer = new JsonObject();
        var hasDownlink = false;
        foreach (var (callback, device) in taken.Where(t => t.Callback.AsksForDownlink).DistinctBy(t => t.Device.Id))
        {
            var payload = await TakeDownlinkAsync(callback, device, ct);
            hasDownlink |= payload is not null;
            answer[callback.DeviceId] = payload is null ? new JsonObject { ["noData"] = true } : new JsonObject { ["downlinkData"] = payload };
        }

        if (!hasDownlink)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(answer.ToJsonString(), ct);
    }

    // The message is in the log by now. Without the database the device gets nothing this time, and what waits goes on waiting.
    private async Task<string?> TakeDownlinkAsync(ReceivedCallback callback, KnownDevice device, CancellationToken ct)
    {
        try
        {
            return await downlinks.TakeAsync(device.Id, callback.DeduplicationId, ct);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            LogNoDownlink(exception, device.Id);
            return null;
        }
    }

    private static Answer Mistake(string text) => new(StatusCodes.Status400BadRequest, text, "Bad Request");

    [LoggerMessage(LogLevel.Warning, "Device {DeviceId} asked for a downlink, and the queue could not be read")]
    private partial void LogNoDownlink(Exception exception, int deviceId);

    [LoggerMessage(LogLevel.Warning, "{Refused} of {Count} callbacks that came together were refused, the others were taken")]
    private partial void LogNotAll(int refused, int count);
}
