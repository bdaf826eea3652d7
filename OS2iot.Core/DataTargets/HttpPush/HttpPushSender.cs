using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Core.DataTargets.HttpPush;

/// <summary>Sends the payload as JSON: byte for byte, or in an envelope.</summary>
internal sealed class HttpPushSender(HttpExchange http, AccessTokens tokens, CertifiedClients certified, TimeProvider clock)
    : IDataTargetSender<HttpPushSettings>
{
    private const string NotValid = "The target's address, authorization, headers, URL parameters or signing secret are not valid.";

    public async Task<DeliveryResult> SendAsync(DeliveryMessage message, HttpPushSettings settings, CancellationToken ct)
    {
        HttpClient? client = null;
        if (settings.ClientCertificate is { Length: > 0 } certificate
            && !certified.TryGet(certificate, settings.ClientKey ?? "", out client))
        {
            return new DeliveryResult(DeliveryOutcome.Refused, Error: "The client certificate and its key are not valid, or do not belong together.");
        }

        return settings.TokenEndpoint is { Length: > 0 } endpoint
            ? await tokens.SendAsync(
                nameof(HttpPushSender),
                new ClientCredentials(endpoint, settings.ClientId ?? "", settings.ClientSecret ?? "", settings.TokenScope ?? ""),
                authorization => SendAsync(message, settings, authorization, client, ct),
                ct)
            : await SendAsync(message, settings, AuthorizationOf(settings), client, ct);
    }

    private async Task<DeliveryResult> SendAsync(
        DeliveryMessage message, HttpPushSettings settings, string? authorization, HttpClient? client, CancellationToken ct)
    {
        if (!Pairs.TryRead(settings.Headers, ':', out var headers) || !Pairs.TryRead(settings.UrlParameters, '=', out var parameters)
            || Request(message, settings, authorization, headers, parameters) is not { } request)
        {
            return new DeliveryResult(DeliveryOutcome.Refused, Error: NotValid);
        }

        var terms = new HttpTerms(
            HttpExchange.Patience(settings.Timeout),
            "The target",
            [
                authorization, settings.AuthorizationHeader, settings.BasicPassword, settings.ClientSecret, settings.SigningSecret,
                settings.PreviousSigningSecret, .. headers.Select(h => h.Value), .. parameters.Select(p => p.Value),
                .. parameters.Select(p => Uri.EscapeDataString(p.Value)),
            ])
        { Client = client };
        return await http.SendAsync(nameof(HttpPushSender), request, terms, read: null, ct);
    }

    private HttpRequestMessage? Request(
        DeliveryMessage message,
        HttpPushSettings settings,
        string? authorization,
        List<KeyValuePair<string, string>> headers,
        List<KeyValuePair<string, string>> parameters)
    {
        if (!TryAddress(settings.Url, parameters, out var url) || !HttpExchange.IsHeaderValue(authorization))
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var body = settings.BodyFormat == HttpPushSettings.Envelope ? HttpPushEnvelope.Of(message, now) : message.Payload;
        var request = new HttpRequestMessage(settings.Method == "PUT" ? HttpMethod.Put : HttpMethod.Post, url)
        {
            Content = new ReadOnlyMemoryContent(body),
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        // The receiver drops repeats by either.
        request.Headers.Add("webhook-id", message.MessageId.ToString());
        request.Headers.Add("Idempotency-Key", message.MessageId.ToString());
        if (authorization is { Length: > 0 })
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (TrySign(request, message, settings, body.Span, now) && headers.TrueForAll(h => TryAdd(request, h.Key, h.Value)))
        {
            return request;
        }

        request.Dispose();
        return null;
    }

    private static bool TrySign(HttpRequestMessage request, DeliveryMessage message, HttpPushSettings settings, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(settings.SigningSecret))
        {
            return true;
        }

        string[] secrets = settings.PreviousSigningSecret is { Length: > 0 } previous ? [settings.SigningSecret, previous] : [settings.SigningSecret];
        if (WebhookSignature.Of(message.MessageId, now, body, secrets) is not { } signature)
        {
            return false;
        }

        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", signature);
        return true;
    }

    /// <summary>What frames the message or says where it goes is not the user's.</summary>
    private static bool TryAdd(HttpRequestMessage request, string name, string value)
    {
        if (name.ToUpperInvariant() is "HOST" or "CONTENT-LENGTH" or "TRANSFER-ENCODING" or "CONNECTION" or "UPGRADE" or "TE" or "TRAILER" or "EXPECT"
            || !HttpExchange.IsHeaderValue(value))
        {
            return false;
        }

        if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
        {
            request.Content!.Headers.ContentType = MediaTypeHeaderValue.TryParse(value, out var type) ? type : null;
            return type is not null;
        }

        request.Headers.Remove(name);
        return request.Headers.TryAddWithoutValidation(name, value);
    }

    private static string? AuthorizationOf(HttpPushSettings settings) =>
        settings.AuthorizationHeader is { Length: > 0 } authorization ? authorization
        : settings.BasicUsername is { Length: > 0 } user
            ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{settings.BasicPassword}"))
            : null;

    private static bool TryAddress(string text, List<KeyValuePair<string, string>> parameters, [NotNullWhen(true)] out Uri? url)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            return false;
        }

        if (parameters.Count > 0)
        {
            var added = string.Join('&', parameters.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}"));
            url = new UriBuilder(url) { Query = url.Query.Length > 1 ? $"{url.Query}&{added}" : added }.Uri;
        }

        return true;
    }
}
