using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Sigfox;
using OS2iot.Core.Uplinks;
using OS2iot.Ingest.Answers;
using OS2iot.Ingest.Devices;
using OS2iot.Ingest.GenericHttp;
using OS2iot.Ingest.Limits;

namespace OS2iot.Ingest.Sigfox;

/// <summary>
/// <c>POST /api/v1/sigfox-callback/data/bidir?apiKey=…</c>: takes a device's message from Sigfox. 204 says that the log has it, and so
/// does 200, which also carries what waits for the device. 400 not as it must be, 404 no such device, 413 too large, 429 too many,
/// 503 try again.
/// </summary>
internal sealed partial class ReceiveSigfoxCallback(
    DeviceDirectory devices,
    SigfoxDownlinks downlinks,
    IngestLimits limits,
    RecentMessages recent,
    IMessageLog log,
    TimeProvider clock,
    IOptions<SigfoxCallbackOptions> options,
    TryAgain tryAgain,
    ILogger<ReceiveSigfoxCallback> logger)
{
    private const int SigfoxIdMaxLength = 8;

    private static readonly Answer WrongKey = new(StatusCodes.Status400BadRequest, "Bad Request", null);

    private static readonly Answer NoSuchDevice = new(StatusCodes.Status404NotFound, "Not Found", null);

    private static readonly Answer TooLarge = new(StatusCodes.Status413PayloadTooLarge, "request entity too large", null);

    public async Task HandleAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        try
        {
            await ReceiveAsync(context, ct);
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

    private async Task ReceiveAsync(HttpContext context, CancellationToken ct)
    {
        // Who it is about stands in the body; how much one address may send is known before.
        var address = context.Connection.RemoteIpAddress;
        if (limits.CheckAddress(address) is { Ticks: > 0 } addressWait)
        {
            await TooMany.WriteAsync(context, addressWait);
            return;
        }

        if (await JsonBody.ReadAsync(context.Request, options.Value.MaxBodySize, ct) is not { } body)
        {
            await TooLarge.WriteAsync(context);
            return;
        }

        var mistake = JsonBody.Check(body.Span);
        if (mistake is not null || SigfoxCallback.Read(body.Span, out mistake) is not { } callback)
        {
            await Mistake(mistake!).WriteAsync(context);
            return;
        }

        if (!IsSame(context.Request.Query["apiKey"].ToString(), callback.DeviceTypeId))
        {
            await WrongKey.WriteAsync(context);
            return;
        }

        if (await FindDeviceAsync(callback, ct) is not { } device)
        {
            await (limits.CheckUnknown(address) is { Ticks: > 0 } guessWait ? TooMany.WriteAsync(context, guessWait) : NoSuchDevice.WriteAsync(context));
            return;
        }

        if (limits.Check(device) is { Ticks: > 0 } deviceWait)
        {
            await TooMany.WriteAsync(context, deviceWait);
            return;
        }

        await AppendAsync(callback, device, body, ct);
        await AnswerAsync(context, callback, device, ct);
    }

    private async ValueTask<KnownDevice?> FindDeviceAsync(SigfoxCallback callback, CancellationToken ct)
    {
        var id = callback.DeviceId;
        return id.Length is > 0 and <= SigfoxIdMaxLength && id.All(char.IsAsciiHexDigit)
            && await devices.FindBySigfoxIdAsync(id.ToUpperInvariant(), ct) is { SigfoxDeviceTypeId: { } type } device
            && IsSame(callback.DeviceTypeId.ToLowerInvariant(), type)
                ? device
                : null;
    }

    private async Task AppendAsync(SigfoxCallback callback, KnownDevice device, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var messageId = UplinkMessageId.Of(device.Id, callback.DeduplicationId);
        if (recent.IsRepeat(messageId))
        {
            return;
        }

        var uplink = new UplinkReceived
        {
            MessageId = messageId,
            DeviceId = device.Id,
            ApplicationId = device.ApplicationId,
            OrganizationId = device.OrganizationId,
            Network = DeviceType.Sigfox,
            ReceivedAt = now,
            SentAt = callback.SentAt,
            DeduplicationId = callback.DeduplicationId,
            FCnt = callback.FCnt,
            Rssi = callback.Rssi,
            Snr = callback.Snr,
            TraceParent = LogTracing.CurrentTraceParent,
            Payload = body,
        };
        await log.AppendAsync(LogTopic.Uplinks, uplink.ToRecord(), ct);
        limits.Taken(device);
        recent.Add(messageId);
    }

    private async Task AnswerAsync(HttpContext context, SigfoxCallback callback, KnownDevice device, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = "none";
        if (!callback.AsksForDownlink || await TakeDownlinkAsync(callback, device, ct) is not { } payload)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var answer = new Dictionary<string, Dictionary<string, string>> { [callback.DeviceId] = new() { ["downlinkData"] = payload } };
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer), ct);
    }

    // The message is in the log by now. Without the database the device gets nothing this time, and what waits goes on waiting.
    private async Task<string?> TakeDownlinkAsync(SigfoxCallback callback, KnownDevice device, CancellationToken ct)
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

    private static bool IsSame(string given, string expected) =>
        expected.Length > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    [LoggerMessage(LogLevel.Warning, "Device {DeviceId} asked for a downlink, and the queue could not be read")]
    private partial void LogNoDownlink(Exception exception, int deviceId);
}
