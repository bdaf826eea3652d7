using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace OS2iot.Core.DataTargets;

/// <summary>As whom, and where, a token is asked for by OAuth2's client credentials.</summary>
internal readonly record struct ClientCredentials(string Endpoint, string ClientId, string ClientSecret, string Scope = "");

/// <summary>Access tokens of targets, asked for once and kept until shortly before they end.</summary>
internal sealed class AccessTokens(HttpExchange http, TimeProvider clock)
{
    private const int MaxAnswerBytes = 64 * 1024;

    private const int Capacity = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A token is not used so shortly before its end, as it may end on its way.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<ClientCredentials, TokenPlace> _places = new();

    /// <summary>Sends with a token, and once more with another when the target does not take the first one.</summary>
    /// <param name="sender">Whose guarded client to use for the token endpoint.</param>
    /// <param name="credentials">Where to get a token, and as whom.</param>
    /// <param name="send">Sends, given the value of the <c>Authorization</c> header.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<DeliveryResult> SendAsync(
        string sender, ClientCredentials credentials, Func<string, Task<DeliveryResult>> send, CancellationToken ct)
    {
        var (token, failure) = await GetAsync(sender, credentials, refused: null, ct);
        if (token is null)
        {
            return failure!;
        }

        var result = await send("Bearer " + token);
        if (result.StatusCode != (int)HttpStatusCode.Unauthorized)
        {
            return result;
        }

        (token, failure) = await GetAsync(sender, credentials, refused: token, ct);
        return token is null ? failure! : await send("Bearer " + token);
    }

    /// <summary>A token, or why there is none. Those who ask at the same time get the same one.</summary>
    private async Task<(string? Token, DeliveryResult? Failure)> GetAsync(
        string sender, ClientCredentials credentials, string? refused, CancellationToken ct)
    {
        if (_places.Count > Capacity)
        {
            _places.Clear();
        }

        var place = _places.GetOrAdd(credentials, _ => new TokenPlace());
        await place.Gate.WaitAsync(ct);
        try
        {
            if (place.Token is { } known && known != refused && clock.GetUtcNow() < place.ValidUntil)
            {
                return (known, null);
            }

            place.Token = null;
            var failure = await RenewAsync(place, sender, credentials, ct);
            return (place.Token, failure);
        }
        finally
        {
            place.Gate.Release();
        }
    }

    private async Task<DeliveryResult?> RenewAsync(TokenPlace place, string sender, ClientCredentials credentials, CancellationToken ct)
    {
        if (!Uri.TryCreate(credentials.Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            return new DeliveryResult(DeliveryOutcome.Refused, Error: "The token endpoint's address is not valid.");
        }

        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = credentials.ClientId,
            ["client_secret"] = credentials.ClientSecret,
        };
        if (credentials.Scope.Length > 0)
        {
            form["scope"] = credentials.Scope;
        }

        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Accept.ParseAdd("application/json");
        var terms = new HttpTerms(Patience, "The token endpoint", credentials.ClientSecret);
        var result = await http.SendAsync(sender, request, terms, (response, token) => ReadAsync(place, response, token), ct);

        // The target itself is not gone, whatever became of its token endpoint.
        return result.Outcome switch
        {
            DeliveryOutcome.Delivered => null,
            DeliveryOutcome.Gone => result with { Outcome = DeliveryOutcome.Refused },
            _ => result,
        };
    }

    private async Task<DeliveryResult> ReadAsync(TokenPlace place, HttpResponseMessage response, CancellationToken ct)
    {
        var answer = await HttpExchange.ReadAsync(response, MaxAnswerBytes, ct);
        try
        {
            using var json = JsonDocument.Parse(answer);
            var token = json.RootElement.GetProperty("access_token").GetString();
            if (token is { Length: > 0 } && HttpExchange.IsHeaderValue(token))
            {
                place.ValidUntil = clock.GetUtcNow() + Lifetime(json.RootElement);
                place.Token = token;
                return DeliveryResult.Delivered;
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Said below.
        }

        return new DeliveryResult(DeliveryOutcome.RetryLater, (int)response.StatusCode, "The token endpoint's answer holds no access_token.");
    }

    /// <summary>Of a token that lives shorter than twice the margin, half its life.</summary>
    private static TimeSpan Lifetime(JsonElement answer)
    {
        var lifetime = answer.TryGetProperty("expires_in", out var text) && Seconds(text) is { } seconds and > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.SecondsPerDay))
            : DefaultLifetime;
        return lifetime > Margin * 2 ? lifetime - Margin : lifetime / 2;
    }

    private static double? Seconds(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when double.TryParse(value.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var seconds) => seconds,
        _ => null,
    };

    private sealed class TokenPlace
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public string? Token { get; set; }

        public DateTimeOffset ValidUntil { get; set; }
    }
}
