using System.Net;
using System.Text.Json;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Auth;

/// <summary>Signing in, and who is signed in.</summary>
internal sealed class SessionClient(HttpClient http)
{
    /// <summary>The tokens, or why there are none.</summary>
    public async Task<(TokenAnswer? Answer, SignInFailure Failure)> SignInAsync(string? username, string? password, string? code, CancellationToken ct)
    {
        using var response = await SendAsync("auth/login", new { username, password, code, renewable = true }, ct);
        return response.StatusCode == HttpStatusCode.TooManyRequests ? (null, SignInFailure.TooMany)
            : response.IsSuccessStatusCode ? (await response.Content.ReadFromJsonAsync<TokenAnswer>(ct), SignInFailure.WrongCredentials)
            : (null, await CodeAsync(response, ct) switch
            {
                "MESSAGE.ONE-TIME-CODE-NEEDED" => SignInFailure.CodeNeeded,
                "MESSAGE.ONE-TIME-CODE-WRONG" => SignInFailure.CodeWrong,
                _ => SignInFailure.WrongCredentials,
            });
    }

    /// <summary>The tokens for what the identity provider gave, or the Api's word for why there are none.</summary>
    public async Task<(ExternalAnswer? Answer, string? Code)> ExchangeAsync(string idToken, string nonce, CancellationToken ct)
    {
        using var response = await SendAsync("auth/external", new { idToken, nonce }, ct);
        return response.IsSuccessStatusCode
            ? (await response.Content.ReadFromJsonAsync<ExternalAnswer>(ct), null)
            : (null, await CodeAsync(response, ct));
    }

    /// <summary>Null when the session ended.</summary>
    public async Task<TokenAnswer?> RefreshAsync(string refreshToken, CancellationToken ct)
    {
        using var response = await SendAsync("auth/refresh", new { refreshToken }, ct);
        return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<TokenAnswer>(ct) : null;
    }

    /// <summary>Ends the session at the Api. Nobody is kept from leaving by an Api that does not answer.</summary>
    public async Task SignOutAsync(CancellationToken ct)
    {
        try
        {
            using var response = await http.TryAsync(new HttpRequestMessage(HttpMethod.Post, "auth/logout"), ct);
        }
        catch (Exception exception) when (exception is ApiAwayException or SignedOutException)
        {
            // It has ended, or will by itself.
        }
    }

    public async Task<bool> EndExternalAsync(string logoutToken, CancellationToken ct)
    {
        using var response = await SendAsync("auth/external/logout", new { logout_token = logoutToken }, ct);
        return response.IsSuccessStatusCode;
    }

    public async Task<bool> EndExternalAsync(string iss, string sid, CancellationToken ct)
    {
        using var response = await SendAsync("auth/external/front-channel-logout", new { iss, sid }, ct);
        return response.IsSuccessStatusCode;
    }

    public async Task<bool> ForgotPasswordAsync(string? email, CancellationToken ct)
    {
        using var response = await SendAsync("account/forgotten-password", new { email }, ct);
        return response.StatusCode != HttpStatusCode.TooManyRequests;
    }

    public async Task<IReadOnlyList<Problem>> ResetPasswordAsync(string? token, string? password, CancellationToken ct)
    {
        using var response = await SendAsync("account/reset-password", new { token, password }, ct);
        return response.IsSuccessStatusCode ? [] : ApiCalls.Problems(await response.Content.ReadAsByteArrayAsync(ct));
    }

    public Task<Me> MeAsync(CancellationToken ct) => http.ReadAsync<Me>("auth/me", ct);

    private static async Task<string?> CodeAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(ct));
            return body.RootElement.TryGetProperty("code", out var code) ? code.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path, object body, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        var response = await http.TryAsync(request, ct);
        if ((int)response.StatusCode >= 500)
        {
            var status = (int)response.StatusCode;
            response.Dispose();
            throw new ApiAwayException($"Sign-in was answered by {status}.");
        }

        return response;
    }
}

/// <param name="AccessToken">For each call of the Api.</param>
internal record TokenAnswer(string AccessToken)
{
    public DateTimeOffset? ExpiresAt { get; init; }

    public string? RefreshToken { get; init; }

    public DateTimeOffset? SessionExpiresAt { get; init; }
}

/// <param name="AccessToken">For each call of the Api.</param>
internal sealed record ExternalAnswer(string AccessToken) : TokenAnswer(AccessToken)
{
    public bool NeedsAccess { get; init; }

    public string? ProposedEmail { get; init; }

    public IReadOnlyList<int> ProposedOrganizationIds { get; init; } = [];
}

internal enum SignInFailure
{
    WrongCredentials,
    TooMany,
    CodeNeeded,
    CodeWrong,
}
