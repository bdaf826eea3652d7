using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace OS2iot.Core.DataTargets.Fiware;

/// <summary>Creates or replaces NGSI-LD entities in a context broker, by one batch for each message.</summary>
internal sealed class FiwareSender(HttpExchange http, TimeProvider clock) : IDataTargetSender<FiwareSettings>
{
    private const string Operation = "/ngsi-ld/v1/entityOperations/upsert/";

    private const int MaxAnswerBytes = 64 * 1024;

    private const int MaxNamedEntities = 10;

    private const int MaxEntityText = 150;

    private readonly FiwareTokens _tokens = new(http, clock);

    public async Task<DeliveryResult> SendAsync(DeliveryMessage message, FiwareSettings settings, CancellationToken ct)
    {
        if (NgsiLdBatch.Read(message.Payload) is not { } batch)
        {
            return new DeliveryResult(DeliveryOutcome.Refused, Error: "The decoder's output must be an NGSI-LD entity or an array of them.");
        }

        if (string.IsNullOrEmpty(settings.TokenEndpoint))
        {
            return await SendAsync(batch, settings, settings.AuthorizationHeader, ct);
        }

        var (token, failure) = await _tokens.GetAsync(settings, refused: null, ct);
        var result = failure ?? await SendAsync(batch, settings, "Bearer " + token, ct);
        if (token is null || result.StatusCode != (int)HttpStatusCode.Unauthorized)
        {
            return result;
        }

        (token, failure) = await _tokens.GetAsync(settings, refused: token, ct);
        return failure ?? await SendAsync(batch, settings, "Bearer " + token, ct);
    }

    private async Task<DeliveryResult> SendAsync(NgsiLdBatch batch, FiwareSettings settings, string? authorization, CancellationToken ct)
    {
        if (Request(batch, settings, authorization) is not { } request)
        {
            return new DeliveryResult(
                DeliveryOutcome.Refused, Error: "The broker's address, its tenant, the context or the authorization header is not valid.");
        }

        var terms = new HttpTerms(HttpExchange.Patience(settings.Timeout), "The target", authorization, settings.ClientSecret);
        return await http.SendAsync(nameof(FiwareSender), request, terms, (response, token) => ReadAsync(response, terms, token), ct);
    }

    private static HttpRequestMessage? Request(NgsiLdBatch batch, FiwareSettings settings, string? authorization)
    {
        if (!Uri.TryCreate(settings.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            || !HttpExchange.IsHeaderValue(settings.Tenant) || !HttpExchange.IsHeaderValue(authorization))
        {
            return null;
        }

        var request = new HttpRequestMessage(HttpMethod.Post, new UriBuilder(url) { Path = url.AbsolutePath.TrimEnd('/') + Operation }.Uri)
        {
            Content = new ReadOnlyMemoryContent(batch.Json),
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(batch.HasContext ? "application/ld+json" : "application/json");
        if (!batch.HasContext && !string.IsNullOrWhiteSpace(settings.Context))
        {
            if (!Uri.TryCreate(settings.Context, UriKind.Absolute, out var context))
            {
                request.Dispose();
                return null;
            }

            request.Headers.Add("Link", $"<{context.AbsoluteUri}>; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\"");
        }

        if (!string.IsNullOrEmpty(settings.Tenant))
        {
            request.Headers.TryAddWithoutValidation("NGSILD-Tenant", settings.Tenant);
        }

        if (!string.IsNullOrEmpty(authorization))
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return request;
    }

    /// <summary>
    /// The broker took the batch, or some of it (207). Then the whole batch is sent again: what it took it takes again, as each entity
    /// replaces itself.
    /// </summary>
    private static async Task<DeliveryResult> ReadAsync(HttpResponseMessage response, HttpTerms terms, CancellationToken ct)
    {
        if (response.StatusCode != HttpStatusCode.MultiStatus)
        {
            return DeliveryResult.Delivered with { StatusCode = (int)response.StatusCode };
        }

        var failed = FailedEntities(await HttpExchange.ReadAsync(response, MaxAnswerBytes, ct), terms);
        return failed is []
            ? DeliveryResult.Delivered with { StatusCode = (int)response.StatusCode }
            : new DeliveryResult(DeliveryOutcome.Refused, (int)response.StatusCode, $"The target did not take these entities (207): {string.Join("; ", failed)}");
    }

    /// <summary>From <c>{"success":["urn:…"],"errors":[{"entityId":"urn:…","error":{"title":"…","detail":"…"}}]}</c>.</summary>
    private static List<string> FailedEntities(ReadOnlyMemory<byte> answer, HttpTerms terms)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            if (!json.RootElement.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Array)
            {
                return [];
            }

            var named = errors.EnumerateArray().Take(MaxNamedEntities).Select(e => terms.Tidy(Describe(e), MaxEntityText)).ToList();
            if (errors.GetArrayLength() > MaxNamedEntities)
            {
                named.Add($"{errors.GetArrayLength() - MaxNamedEntities} more");
            }

            return named;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return ["the answer could not be read"];
        }
    }

    private static string Describe(JsonElement failure)
    {
        var id = Text(failure, "entityId") ?? "an entity without id";
        var error = failure.ValueKind == JsonValueKind.Object && failure.TryGetProperty("error", out var found) ? found : default;
        var reason = error.ValueKind == JsonValueKind.String ? error.GetString() : Text(error, "detail") ?? Text(error, "title");
        return reason is null ? id : $"{id} ({reason})";
    }

    private static string? Text(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
