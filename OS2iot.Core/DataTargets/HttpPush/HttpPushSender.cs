using System.Net;
using System.Net.Http.Headers;

namespace OS2iot.Core.DataTargets.HttpPush;

/// <summary>Posts the payload as JSON, byte for byte.</summary>
internal sealed class HttpPushSender(HttpExchange http) : IDataTargetSender<HttpPushSettings>
{
    public async Task<DeliveryResult> SendAsync(DeliveryMessage message, HttpPushSettings settings, CancellationToken ct) =>
        Request(message, settings) is { } request
            ? await http.SendAsync(
                nameof(HttpPushSender),
                request,
                new HttpTerms(HttpExchange.Patience(settings.Timeout), "The target", settings.AuthorizationHeader),
                read: null,
                ct)
            : new DeliveryResult(DeliveryOutcome.Refused, Error: "The target's address or authorization header is not valid.");

    private static HttpRequestMessage? Request(DeliveryMessage message, HttpPushSettings settings)
    {
        if (!Uri.TryCreate(settings.Url, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || !HttpExchange.IsHeaderValue(settings.AuthorizationHeader))
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
}
