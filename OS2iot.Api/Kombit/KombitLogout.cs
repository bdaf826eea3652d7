using FastEndpoints;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Organizations;
using OS2iot.Core.SignIn;
using OS2iot.ServiceDefaults;

namespace OS2iot.Api.Kombit;

/// <summary>Signs a browser out at KOMBIT.</summary>
[SucceedsWith(StatusCodes.Status302Found)]
[TokenInAddress]
internal sealed class BeginKombitLogout(Caller caller, Sessions sessions, SignInLog log, ExternalTokens tokens, IOptions<OidcOptions> oidc) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("auth/kombit/logout");
        Policies(Role.SignedIn);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        if (caller.SessionId is { } id && await sessions.EndAsync(s => s.Id == id, ct) > 0)
        {
            await log.WentAsync(caller.UserId, "signed out", ct);
        }

        var done = $"/{EndpointsExtensions.RoutePrefix}/{CompleteKombitLogout.Path}";
        await Send.RedirectAsync(await AtProviderAsync(done, ct) ?? done, isPermanent: false, allowRemoteRedirects: true);
    }

    // A provider that does not answer keeps nobody from leaving.
    private async Task<string?> AtProviderAsync(string done, CancellationToken ct)
    {
        if (!oidc.Value.IsSetUp || User.FindFirst("isKombit")?.Value is not ("true" or "True"))
        {
            return null;
        }

        try
        {
            var configuration = await tokens.Configuration.GetConfigurationAsync(ct);
            return configuration.EndSessionEndpoint is not { Length: > 0 } address ? null : QueryHelpers.AddQueryString(address, new Dictionary<string, string?>
            {
                ["client_id"] = oidc.Value.ClientId,
                ["post_logout_redirect_uri"] = $"{HttpContext.Request.Scheme}://{HttpContext.Request.Host}{done}",
            });
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>The page on which signing out ends.</summary>
[Answers(typeof(string), "text/plain", Example = "Logged out ...")]
internal sealed class CompleteKombitLogout : EndpointWithoutRequest
{
    public const string Path = "auth/kombit/logout/callback";

    public override void Configure()
    {
        Get(Path);
        AllowAnonymous(); // who comes here is signed out
    }

    public override Task HandleAsync(CancellationToken ct) => Send.StringAsync("Logged out ...", cancellation: ct);
}
