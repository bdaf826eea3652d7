using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Secrets;
using OS2iot.Core.Uplinks;
using OS2iot.Ingest.Answers;
using OS2iot.Ingest.Devices;

namespace OS2iot.Ingest.GenericHttp;

/// <summary>
/// <c>POST /api/v1/receive-data?apiKey=…</c>: takes a message from a device that is known by the key. 204 says that the log has it;
/// the header <c>X-Message-Id</c> names it. 400 not JSON, 403 no such key, 413 too large, 503 try again.
/// </summary>
internal sealed class ReceiveData(
    DeviceDirectory devices,
    LookupHash lookupHash,
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
        // The key comes first: who has none doesn't get us to read a body.
        if (await FindDeviceAsync(context.Request, ct) is not { } device)
        {
            await NoSuchDevice.WriteAsync(context);
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
        var uplink = new UplinkReceived
        {
            MessageId = Guid.CreateVersion7(now),
            DeviceId = device.Id,
            ApplicationId = device.ApplicationId,
            OrganizationId = device.OrganizationId,
            Network = DeviceType.GenericHttp,
            ReceivedAt = now,
            DeduplicationId = DeduplicationIdOf(context.Request),
            TraceParent = LogTracing.CurrentTraceParent,
            Payload = body,
        };

        await log.AppendAsync(LogTopic.Uplinks, uplink.ToRecord(), ct);

        context.Response.Headers[MessageIdHeader] = uplink.MessageId.ToString();
        context.Response.Headers.CacheControl = "none";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async ValueTask<KnownDevice?> FindDeviceAsync(HttpRequest request, CancellationToken ct)
    {
        var given = request.Query["apiKey"];
        return given.Count == 1 && Guid.TryParseExact(given[0], "D", out var key)
            ? await devices.FindByApiKeyHashAsync(lookupHash.Of(key.ToString()), ct)
            : null;
    }

    private static string? DeduplicationIdOf(HttpRequest request)
    {
        var given = request.Headers["Idempotency-Key"];
        return given.Count == 1 && given[0] is { Length: > 0 and <= DeduplicationIdMaxLength } id ? id : null;
    }
}
