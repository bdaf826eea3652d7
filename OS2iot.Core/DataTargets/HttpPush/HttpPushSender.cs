using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Core.DataTargets.HttpPush;

/// <summary>Posts the payload as JSON, byte for byte.</summary>
internal sealed class HttpPushSender(IHttpClientFactory clients, TimeProvider clock) : IDataTargetSender<HttpPushSettings>
{
    private const int MaxErrorBytes = 1024;

    private const int MaxErrorCharacters = 200;

    private static readonly TimeSpan LongestExchange = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ReasonPatience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    public async Task<DeliveryResult> SendAsync(DeliveryMessage message, HttpPushSettings settings, CancellationToken ct)
    {
        if (Request(message, settings) is not { } request)
        {
            return new DeliveryResult(DeliveryOutcome.Refused, Error: "The target's address or authorization header is not valid.");
        }

        var patience = settings.Timeout <= 0 ? LongestExchange : TimeSpan.FromMilliseconds(Math.Min(settings.Timeout, LongestExchange.TotalMilliseconds));
        using var timeout = new CancellationTokenSource(patience);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            using (request)
            using (var client = clients.CreateClient(nameof(HttpPushSender)))
            using (var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token))
            {
                return response.IsSuccessStatusCode
                    ? DeliveryResult.Delivered with { StatusCode = (int)response.StatusCode }
                    : await FailureAsync(response, settings, both.Token);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new DeliveryResult(DeliveryOutcome.RetryLater, Error: $"The target did not answer within {patience.TotalSeconds:0.#} s.");
        }
        catch (HttpRequestException exception)
        {
            return Failure(exception);
        }
    }

    private static HttpRequestMessage? Request(DeliveryMessage message, HttpPushSettings settings)
    {
        if (!Uri.TryCreate(settings.Url, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || !IsHeaderValue(settings.AuthorizationHeader))
        {
            return null;
        }

        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ReadOnlyMemoryContent(message.Payload),
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        // The receiver drops repeats by either.
        request.Headers.Add("webhook-id", message.MessageId.ToString());
        request.Headers.Add("Idempotency-Key", message.MessageId.ToString());
        if (settings.AuthorizationHeader is { Length: > 0 } authorization)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return request;
    }

    private static bool IsHeaderValue(string? value) => value is null || !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private async Task<DeliveryResult> FailureAsync(HttpResponseMessage response, HttpPushSettings settings, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        var (outcome, error) = status switch
        {
            >= 300 and < 400 => (DeliveryOutcome.Refused, $"The target redirects to another address ({status}); redirects are not followed, so enter that address."),
            410 => (DeliveryOutcome.Gone, "The target says that it is gone for good (410)."),
            408 or 425 or 429 or >= 500 => (DeliveryOutcome.RetryLater, $"The target answered {status}."),
            _ => (DeliveryOutcome.Refused, $"The target answered {status}."),
        };
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(ct);
        soon.CancelAfter(ReasonPatience);
        var reason = status is >= 300 and < 400 ? "" : await ReasonAsync(response, settings, soon.Token);
        return new DeliveryResult(outcome, status, reason.Length == 0 ? error : $"{error} It said: {reason}", NotBefore(response));
    }

    /// <summary>The beginning of what the target said, in one line; nothing if that holds our secret or does not come.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage response, HttpPushSettings settings, CancellationToken ct)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/json" or "application/problem+json" or "text/plain"))
        {
            return "";
        }

        try
        {
            var bytes = new byte[MaxErrorBytes];
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
            var text = string.Join(' ', Encoding.UTF8.GetString(bytes, 0, length).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            var isSafe = settings.AuthorizationHeader?.Split(' ').All(part => part.Length < 6 || !text.Contains(part, StringComparison.Ordinal)) ?? true;
            return !isSafe ? "" : new string([.. text.Where(c => !char.IsControl(c)).Take(MaxErrorCharacters)]);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return "";
        }
        catch (OperationCanceledException)
        {
            // The status is known, and says enough.
            return "";
        }
    }

    private DateTimeOffset? NotBefore(HttpResponseMessage response)
    {
        var now = clock.GetUtcNow();
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta < LongestRetryAfter ? now + delta : now + LongestRetryAfter,
            { Date: { } date } => date,
            _ => (DateTimeOffset?)null,
        };
        return asked > now + LongestRetryAfter ? now + LongestRetryAfter : asked;
    }

    /// <summary>Why there is no answer. Only our own words: an exception's may hold the address with its secrets.</summary>
    private static DeliveryResult Failure(HttpRequestException exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case EgressRefusedException refused:
                    return new DeliveryResult(DeliveryOutcome.Refused, Error: refused.Message);
                case AuthenticationException:
                    return Later("The target's certificate is not valid for its address.");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return Later("The target's name is not known.");
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return Later("The target refused the connection.");
                default:
                    break;
            }
        }

        return Later("The connection to the target failed or was closed before it answered.");
    }

    private static DeliveryResult Later(string error) => new(DeliveryOutcome.RetryLater, Error: error);
}
