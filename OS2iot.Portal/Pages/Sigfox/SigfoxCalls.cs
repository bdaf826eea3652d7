using System.Net;
using System.Text.Json;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>
/// Calls that the Api passes on to Sigfox. That Sigfox is away, limits us or does not know the login is no failure of the Api: the page
/// is shown, and says so.
/// </summary>
internal static class SigfoxCalls
{
    private const string BadLogin = "MESSAGE.SIGFOX-BAD-LOGIN";

    public static async Task<SigfoxAnswer<T>> AskSigfoxAsync<T>(this HttpClient http, string path, CancellationToken ct)
        where T : class
    {
        using var response = await http.TryAsync(new HttpRequestMessage(HttpMethod.Get, path), ct);
        if (CodeOf(response.StatusCode) is { } code)
        {
            return new SigfoxAnswer<T>(null, code);
        }

        return response.StatusCode switch
        {
            HttpStatusCode.Forbidden => throw new ForbiddenException(),
            HttpStatusCode.NotFound or HttpStatusCode.BadRequest => throw new MissingException(),
            _ when response.IsSuccessStatusCode => new SigfoxAnswer<T>(await response.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, ct), null),
            _ => throw new ApiAwayException($"The Api answered {(int)response.StatusCode}."),
        };
    }

    public static async Task<Answer<T>> TellSigfoxAsync<T>(this HttpClient http, HttpMethod method, string path, object? body, CancellationToken ct)
        where T : class
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, options: JsonSerializerOptions.Web) };
        using var response = await http.TryAsync(request, ct);
        if (CodeOf(response.StatusCode) is { } code)
        {
            return new Answer<T>(null, [new Problem(null, null, code)]);
        }

        if (response.StatusCode == HttpStatusCode.Forbidden)
        {
            throw new ForbiddenException();
        }

        if ((int)response.StatusCode >= 500)
        {
            throw new ApiAwayException($"The Api answered {(int)response.StatusCode}.");
        }

        var answer = await response.Content.ReadAsByteArrayAsync(ct);
        return !response.IsSuccessStatusCode ? new Answer<T>(null, ApiCalls.Problems(answer))
            : new Answer<T>(answer.Length == 0 ? null : JsonSerializer.Deserialize<T>(answer, JsonSerializerOptions.Web), []);
    }

    /// <summary>It is the login at Sigfox that is wrong, and not the user's own.</summary>
    public static async Task<bool> IsAboutSigfoxAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await response.Content.LoadIntoBufferAsync(ct);
        return (await response.Content.ReadAsStringAsync(ct)).Contains(BadLogin, StringComparison.Ordinal);
    }

    private static string? CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => BadLogin,
        HttpStatusCode.TooManyRequests => "MESSAGE.SIGFOX-LIMITED",
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable => "MESSAGE.SIGFOX-AWAY",
        _ => null,
    };
}

/// <param name="Value">Null when Sigfox did not say.</param>
/// <param name="Code">Why not.</param>
internal sealed record SigfoxAnswer<T>(T? Value, string? Code)
    where T : class;
