using System.Net;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Auth;

/// <summary>Signing in, and who is signed in.</summary>
internal sealed class SessionClient(HttpClient http)
{
    /// <summary>The token, or why there is none.</summary>
    public async Task<(string? Token, SignInFailure Failure)> SignInAsync(string? username, string? password, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "auth/login") { Content = JsonContent.Create(new { username, password }) };
        using var response = await http.TryAsync(request, ct);
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            return (null, SignInFailure.TooMany);
        }

        if ((int)response.StatusCode >= 500)
        {
            throw new ApiAwayException($"Sign-in was answered by {(int)response.StatusCode}.");
        }

        var body = response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<TokenAnswer>(ct) : null;
        return (body?.AccessToken, SignInFailure.WrongCredentials);
    }

    public Task<Me> MeAsync(CancellationToken ct) => http.ReadAsync<Me>("auth/me", ct);

    private sealed record TokenAnswer(string AccessToken);
}

internal enum SignInFailure
{
    WrongCredentials,
    TooMany,
}
