using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Secrets;
using OS2iot.Core.Uplinks;
using OS2iot.Ingest.Answers;
using OS2iot.Ingest.Devices;
using OS2iot.Ingest.Limits;

namespace OS2iot.Ingest.GenericHttp;

/// <summary>
/// <c>POST /api/v1/receive-data?apiKey=…</c>: takes a message from a device that is known by the key. 204 says that the log has it;
/// the header <c>X-Message-Id</c> names it. 400 not JSON, 403 no such key, 413 too large, 429 too many,
/// 503 try again.
/// </summary>
internal sealed class ReceiveData(
    DeviceDirectory devices,
    LookupHash lookupHash,
    IngestLimits limits,
    RecentMessages recent,
    IMessageLog log,
    TimeProvider clock,
    IOptions<GenericHttpOptions> options,
    TryAgain tryAgain)
{
    public const string MessageIdHeader = "X-Message-Id";

    private const int DeduplicationIdMaxLength = 200;

    private static readonly Answer NoSuchDevice = new(StatusCodes.Status403Forbidden, "MESSAGE.DEVICE-DOES-NOT-EXIST", "Forbidden");

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
            // A compressed body that does not decompress.
            await new Answer(StatusCodes.Status400BadRequest, "The body can't be decompressed.", "Bad Request").WriteAsync(context);
        }
        catch (Exception exception) when (exception is LogUnavailableException or NpgsqlException or TimeoutException)
        {
            await tryAgain.WriteAsync(context, exception, options.Value.RetryAfter);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The device hung up; nothing was promised to it.
        }
    }

    private async Task ReceiveAsync(HttpContext context, CancellationToken ct)
    {
        // Limits and the key come first: who sends too much, or has no key, doesn't get us to read a body.
        var address = context.Connection.RemoteIpAddress;
        if (limits.CheckAddress(address) is { Ticks: > 0 } addressWait)
        {
            await TooMany.WriteAsync(context, addressWait);
            return;
        }

        if (await FindDeviceAsync(context.Request, ct) is not { } device)
        {
            await (limits.CheckUnknown(address) is { Ticks: > 0 } guessWait ? TooMany.WriteAsync(context, guessWait) : NoSuchDevice.WriteAsync(context));
            return;
        }

        if (limits.Check(device) is { Ticks: > 0 } deviceWait)
        {
            await TooMany.WriteAsync(context, deviceWait);
            return;
        }

        if (await JsonBody.ReadAsync(context.Request, options.Value.MaxBodySize, ct) is not { } body)
        {
            await TooLarge.WriteAsync(context);
            return;
        }

        if (JsonBody.Check(body.Span) is { } mistake)
        {
            await new Answer(StatusCodes.Status400BadRequest, mistake, "Bad Request").WriteAsync(context);
            return;
        }

        var now = clock.GetUtcNow();
        var deduplicationId = DeduplicationIdOf(context.Request);
        var messageId = UplinkMessageId.Of(device.Id, deduplicationId, now);
        if (deduplicationId is null || !recent.IsRepeat(messageId))
        {
            // Not given up when the device hangs up: what the log was handed it may have taken, and then it counts.
            await log.AppendAsync(LogTopic.Uplinks, Uplink(device, messageId, deduplicationId, now, body).ToRecord(), CancellationToken.None);
            limits.Taken(device);
            if (deduplicationId is not null)
            {
                recent.Add(messageId);
            }
        }

        context.Response.Headers[MessageIdHeader] = messageId.ToString();
        context.Response.Headers.CacheControl = "none";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static UplinkReceived Uplink(
        KnownDevice device, Guid messageId, string? deduplicationId, DateTimeOffset now, ReadOnlyMemory<byte> body) => new()
        {
            MessageId = messageId,
            DeviceId = device.Id,
            ApplicationId = device.ApplicationId,
            OrganizationId = device.OrganizationId,
            Network = DeviceType.GenericHttp,
            ReceivedAt = now,
            DeduplicationId = deduplicationId,
            TraceParent = LogTracing.CurrentTraceParent,
            Payload = body,
        };

    private ValueTask<KnownDevice?> FindDeviceAsync(HttpRequest request, CancellationToken ct)
    {
        var given = request.Query["apiKey"];
        return given.Count == 1 && Guid.TryParseExact(given[0], "D", out var key)
            ? devices.FindByApiKeyHashAsync(lookupHash.Of(key.ToString()), ct)
            : default;
    }

    private static string? DeduplicationIdOf(HttpRequest request)
    {
        var given = request.Headers["Idempotency-Key"];
        return given.Count == 1 && given[0] is { Length: > 0 and <= DeduplicationIdMaxLength } id ? id : null;
    }
}
