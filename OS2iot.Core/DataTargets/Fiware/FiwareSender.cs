using System.Net;
using System.Net.Http.Headers;

namespace OS2iot.Core.DataTargets.Fiware;

/// <summary>Creates or replaces NGSI-LD entities in a context broker, by one batch for each message.</summary>
internal sealed class FiwareSender(HttpExchange http, AccessTokens tokens) : IDataTargetSender<FiwareSettings>
{
    private const string Operation = "/ngsi-ld/v1/entityOperations/upsert/";

    private const int MaxAnswerBytes = 64 * 1024;

    private const int MaxNamedEntities = 10;

    private const int MaxEntityText = 150;

    public async Task<DeliveryResult> SendAsync(DeliveryMessage message, FiwareSettings settings, CancellationToken ct)
    {
        if (NgsiLdBatch.Read(message.Payload) is not { } batch)
        {
            return new DeliveryResult(DeliveryOutcome.Refused, Error: "The decoder's output must be an NGSI-LD entity or an array of them.");
        }

        return string.IsNullOrEmpty(settings.TokenEndpoint)
            ? await SendAsync(batch, settings, settings.AuthorizationHeader, ct)
            : await tokens.SendAsync(
                nameof(FiwareSender),
                new ClientCredentials(settings.TokenEndpoint, settings.ClientId ?? "", settings.ClientSecret ?? ""),
                authorization => SendAsync(batch, settings, authorization, ct),
                ct);
    }

    private async Task<DeliveryResult> SendAsync(NgsiLdBatch batch, FiwareSettings settings, string? authorization, CancellationToken ct)
    {
        if (Request(batch, settings, authorization) is not { } request)
        {
            return new DeliveryResult(
                DeliveryOutcome.Refused, Error: "The broker's address, its tenant, the context or the authorization header is not valid.");
        }

        var terms = new HttpTerms(HttpExchange.Patience(settings.Timeout), "The target", authorization, settings.ClientSecret);
        return await http.SendAsync(nameof(FiwareSender), request, terms, (response, token) => ReadAsync(response, batch, terms, token), ct);
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
    /// The broker took the batch, or some of it (207). Then the others are sent again, alone; not at all where the broker says of each
    /// that it can never take it. A time-out after the broker took some sends all again, which does no harm, as an entity replaces itself.
    /// </summary>
    private static async Task<DeliveryResult> ReadAsync(HttpResponseMessage response, NgsiLdBatch batch, HttpTerms terms, CancellationToken ct)
    {
        if (response.StatusCode != HttpStatusCode.MultiStatus)
        {
            return DeliveryResult.Delivered with { StatusCode = (int)response.StatusCode };
        }

        if (RefusedEntity.ReadAll(await HttpExchange.ReadAsync(response, MaxAnswerBytes, ct)) is not { } refused)
        {
            return new DeliveryResult(
                DeliveryOutcome.Refused, (int)response.StatusCode, "The target did not take these entities (207): the answer could not be read");
        }

        if (refused.Count == 0)
        {
            return DeliveryResult.Delivered with { StatusCode = (int)response.StatusCode };
        }

        var named = refused.Take(MaxNamedEntities).Select(e => terms.Tidy(e.ToString(), MaxEntityText)).ToList();
        if (refused.Count > MaxNamedEntities)
        {
            named.Add($"{refused.Count - MaxNamedEntities} more");
        }

        return new DeliveryResult(
            DeliveryOutcome.Refused, (int)response.StatusCode, $"The target did not take these entities (207): {string.Join("; ", named)}")
        {
            Rest = batch.Only([.. refused.Select(e => e.Id)]),
            IsFinal = refused.TrueForAll(e => e.IsForGood),
        };
    }
}
