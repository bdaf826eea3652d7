using FastEndpoints;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using OS2iot.Api.Http;
using OS2iot.Core.SignIn;

namespace OS2iot.Api.Kombit;

internal sealed class BeginKombitLoginQuery : IQueryRequest
{
    /// <summary>Where the browser goes afterwards; one of the origins that this installation allows.</summary>
    public string? Redirect { get; private set; }

    public void Read(QueryReader query) => Redirect = query.Text("redirect");
}

/// <summary>Sends a browser to sign in at KOMBIT. Where that is not set up, it is sent back with the reason.</summary>
[SucceedsWith(StatusCodes.Status302Found)]
internal sealed class BeginKombitLogin(IOptions<KombitOptions> options, IOptions<OidcOptions> oidc) : Endpoint<BeginKombitLoginQuery>
{
    public override void Configure()
    {
        Get("auth/kombit/login");
        AllowAnonymous(); // the caller has no token before this
    }

    public override Task HandleAsync(BeginKombitLoginQuery query, CancellationToken ct)
    {
        if (!Uri.TryCreate(query.Redirect, UriKind.Absolute, out var redirect) || !options.Value.Allows(redirect))
        {
            throw Refusal.Unauthorized();
        }

        if (oidc.Value.IsSetUp)
        {
            HttpContext.MarkResponseStart(); // the answer is the scheme's
            return HttpContext.ChallengeAsync(ConfigureOidc.Scheme, new AuthenticationProperties { RedirectUri = redirect.AbsoluteUri });
        }

        return Send.RedirectAsync(
            QueryHelpers.AddQueryString(redirect.AbsoluteUri, "error", ErrorCodes.KombitLoginFailed), isPermanent: false, allowRemoteRedirects: true);
    }
}
