using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using OS2iot.Core.SignIn;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Auth;

/// <summary>
/// Sends people to the identity provider (authorization code, PKCE, nonce and state), and gives what they bring back to the Api, which judges
/// it once more by itself and answers with its own tokens.
/// </summary>
internal sealed class ConfigureOidc(IOptions<OidcOptions> oidc) : IConfigureNamedOptions<OpenIdConnectOptions>
{
    public const string Scheme = "oidc";

    private const string IdToken = "id_token";

    /// <summary>A longer one is not kept: cookies are sent with each request. Signing out then asks once more at the provider.</summary>
    private const int LongestKeptToken = 3_000;

    public void Configure(OpenIdConnectOptions options) => Configure(Scheme, options);

    public void Configure(string? name, OpenIdConnectOptions options)
    {
        if (name != Scheme)
        {
            return;
        }

        var settings = oidc.Value;
        options.Authority = settings.Authority!.AbsoluteUri;
        options.RequireHttpsMetadata = settings.Authority.Scheme == Uri.UriSchemeHttps;
        options.BackchannelTimeout = settings.Timeout;
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query; // comes as a link, so that cookies may stay Lax
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.ClaimActions.Clear();
        options.SaveTokens = true; // for the moment until the Api has the token
        options.TokenValidationParameters.ClockSkew = settings.ClockSkew;
        options.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        options.RemoteSignOutPath = PathString.Empty; // a frame of the provider's brings no Lax cookie; see ProviderLogout
        options.CorrelationCookie.Name = "os2iot.sign-in.";
        options.NonceCookie.Name = "os2iot.nonce.";
        options.CorrelationCookie.SameSite = options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Scope.Clear();
        foreach (var scope in settings.EffectiveScopes)
        {
            options.Scope.Add(scope);
        }

        options.Events = new OpenIdConnectEvents { OnTicketReceived = ExchangeAsync, OnRemoteFailure = FailAsync };
    }

    private static async Task ExchangeAsync(TicketReceivedContext context)
    {
        var idToken = context.Properties?.GetTokenValue(IdToken) ?? "";
        var nonce = context.Principal?.FindFirst("nonce")?.Value ?? "";
        var client = context.HttpContext.RequestServices.GetRequiredService<SessionClient>();
        (ExternalAnswer? answer, string? code) = (null, null);
        try
        {
            (answer, code) = await client.ExchangeAsync(idToken, nonce, context.HttpContext.RequestAborted);
        }
        catch (ApiAwayException)
        {
            code = "away";
        }

        if (answer is null || Session.Of(answer, isExternal: true) is not { } session)
        {
            Refuse(context.Response, code);
            context.HandleResponse();
            return;
        }

        // A new session with nothing in it from before: whoever planted a cookie gains nothing.
        context.Principal = session.User;
        var back = context.ReturnUri;
        context.Properties = new AuthenticationProperties { ExpiresUtc = session.Expires, RedirectUri = back };
        if (idToken.Length <= LongestKeptToken)
        {
            context.Properties.StoreTokens([new AuthenticationToken { Name = IdToken, Value = idToken }]);
        }

        if (answer.NeedsAccess)
        {
            Newcomer.Greet(context.HttpContext, answer);
            context.ReturnUri = "/access";
        }
    }

    private static Task FailAsync(RemoteFailureContext context)
    {
        Refuse(context.Response, code: null);
        context.HandleResponse();
        return Task.CompletedTask;
    }

    private static void Refuse(HttpResponse response, string? code) => response.Redirect(code switch
    {
        "MissingRole" => "/sign-in?failure=role",
        "MESSAGE.USER-INACTIVE" => "/sign-in?failure=inactive",
        "away" => "/sign-in?failure=away",
        _ => "/sign-in?failure=provider",
    });
}

/// <summary>What to propose to somebody who is here for the first time. In a cookie of its own, for the one page that asks.</summary>
internal static class Newcomer
{
    private const string Cookie = "os2iot.newcomer";

    private const string Purpose = "newcomer";

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    public static void Greet(HttpContext http, ExternalAnswer answer)
    {
        var text = string.Join('\n', [answer.ProposedEmail ?? "", .. answer.ProposedOrganizationIds.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        http.Response.Cookies.Append(Cookie, Protector(http).Protect(text), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            MaxAge = Kept,
            IsEssential = true,
        });
    }

    public static (string? Email, IReadOnlyList<int> Organizations) Proposed(HttpContext http)
    {
        try
        {
            var lines = http.Request.Cookies[Cookie] is { Length: > 0 } cookie ? Protector(http).Unprotect(cookie).Split('\n') : [""];
            return (lines[0].Length == 0 ? null : lines[0], [.. lines.Skip(1).Select(l => int.Parse(l, CultureInfo.InvariantCulture))]);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return (null, []);
        }
    }

    public static void Forget(HttpContext http) => http.Response.Cookies.Delete(Cookie);

    private static IDataProtector Protector(HttpContext http) =>
        http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector(Purpose);
}
