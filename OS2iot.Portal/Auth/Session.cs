using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace OS2iot.Portal.Auth;

/// <summary>What the user's encrypted cookie holds: the Api's tokens, and nothing that the portal would have to judge.</summary>
internal static class Session
{
    private const string Refresh = "refresh_token";

    private const string AccessExpires = "access_expires";

    private const string External = "external";

    /// <summary>A token is renewed when it has no more than this left: a page asks the Api several times.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>Null when the Api's answer holds no token that can be read.</summary>
    public static (ClaimsPrincipal User, DateTimeOffset Expires)? Of(TokenAnswer answer, bool isExternal)
    {
        if (AccessToken.Read(answer.AccessToken, CookieAuthenticationDefaults.AuthenticationScheme) is not { } read)
        {
            return null;
        }

        var identity = (ClaimsIdentity)read.User.Identity!;
        if (answer is { RefreshToken: { } refresh, ExpiresAt: { } expires })
        {
            identity.AddClaim(new Claim(Refresh, refresh));
            identity.AddClaim(new Claim(AccessExpires, expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        }

        if (isExternal)
        {
            identity.AddClaim(new Claim(External, "true"));
        }

        return (read.User, answer.SessionExpiresAt ?? read.Expires);
    }

    public static bool IsExternal(ClaimsPrincipal user) => user.HasClaim(External, "true");

    /// <summary>Renews the tokens of a session whose access token is about to run out.</summary>
    /// <exception cref="Api.SignedOutException">The Api has ended the session.</exception>
    public static async Task RenewAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (context.Principal is not { } user || user.FindFirst(Refresh)?.Value is not { } refresh
            || !long.TryParse(user.FindFirst(AccessExpires)?.Value, CultureInfo.InvariantCulture, out var expires)
            || DateTimeOffset.FromUnixTimeSeconds(expires) > now + Ahead)
        {
            return;
        }

        TokenAnswer? answer;
        try
        {
            answer = await services.GetRequiredService<SessionClient>().RefreshAsync(refresh, context.HttpContext.RequestAborted);
        }
        catch (Api.ApiAwayException)
        {
            return; // the page will say so; the session goes on when the Api is back
        }

        if (answer is null || Of(answer, IsExternal(user)) is not { } renewed)
        {
            throw new Api.SignedOutException();
        }

        context.ReplacePrincipal(renewed.User);
        context.Properties.ExpiresUtc = renewed.Expires;
        context.ShouldRenew = true;
    }
}
