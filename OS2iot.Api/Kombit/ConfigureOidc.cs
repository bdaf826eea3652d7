using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.SignIn;
using OS2iot.ServiceDefaults;

namespace OS2iot.Api.Kombit;

/// <summary>
/// Signs in browsers of clients that know <c>/auth/kombit/login</c>: they are sent to the identity provider and come back with a token in the
/// address, as such clients expect. Our own portal does not go this way.
/// </summary>
internal sealed class ConfigureOidc(IOptions<OidcOptions> oidc, IOptions<KombitOptions> kombit, ExternalTokens tokens, IHttpClientFactory http)
    : IConfigureNamedOptions<OpenIdConnectOptions>
{
    public const string Scheme = "oidc";

    public void Configure(OpenIdConnectOptions options) => Configure(Scheme, options);

    public void Configure(string? name, OpenIdConnectOptions options)
    {
        if (name != Scheme)
        {
            return;
        }

        options.ConfigurationManager = tokens.Configuration;
        options.Authority = oidc.Value.Authority!.AbsoluteUri;
        options.RequireHttpsMetadata = oidc.Value.Authority.Scheme == Uri.UriSchemeHttps;
        options.Backchannel = http.CreateClient(ExternalTokens.HttpClientName);
        options.ClientId = oidc.Value.ClientId;
        options.ClientSecret = oidc.Value.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.ClaimActions.Clear();
        options.TokenValidationParameters = tokens.Parameters();
        options.CallbackPath = $"/{EndpointsExtensions.RoutePrefix}/auth/kombit/login/callback";
        options.SignInScheme = JwtBearerDefaults.AuthenticationScheme; // never asked: the answer is given before
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Scope.Clear();
        foreach (var scope in oidc.Value.EffectiveScopes)
        {
            options.Scope.Add(scope);
        }

        options.Events = new OpenIdConnectEvents { OnTicketReceived = EnterAsync, OnRemoteFailure = FailAsync };
    }

    private async Task EnterAsync(TicketReceivedContext context)
    {
        var back = BackTo(context.ReturnUri);
        try
        {
            var signIn = context.HttpContext.RequestServices.GetRequiredService<ExternalSignIn>();
            var answer = await signIn.EnterAsync((ClaimsIdentity)context.Principal!.Identity!, renewable: false, token: null, context.HttpContext.RequestAborted);
            Send(context.Response, WithToken(back, answer.AccessToken));
        }
        catch (Refusal refusal) when (refusal.Code is not null)
        {
            Send(context.Response, WithError(back, refusal.Code));
        }

        context.HandleResponse();
    }

    private async Task FailAsync(RemoteFailureContext context)
    {
        var log = context.HttpContext.RequestServices.GetRequiredService<SignInLog>();
        await log.RefusedAsync(null, null, "The answer of the identity provider proves nothing.");
        Send(context.Response, WithError(BackTo(context.Properties?.RedirectUri), ErrorCodes.KombitLoginFailed));
        context.HandleResponse();
    }

    // Whether that is still allowed is asked again: the settings may be others by now.
    private Uri BackTo(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var back) && kombit.Value.Allows(back) ? back : throw Refusal.Unauthorized();

    private static void Send(HttpResponse response, string address)
    {
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
        response.Redirect(address);
    }

    private static string WithToken(Uri back, string token)
    {
        var address = back.AbsoluteUri;
        if (!address.Contains("applications", StringComparison.Ordinal))
        {
            address = new UriBuilder(back) { Path = back.AbsolutePath.TrimEnd('/') + "/applications" }.Uri.AbsoluteUri;
        }

        return QueryHelpers.AddQueryString(address, "jwt", token);
    }

    private static string WithError(Uri back, string code) => QueryHelpers.AddQueryString(back.AbsoluteUri, "error", code);
}
