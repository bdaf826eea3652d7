using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using OS2iot.Core.SignIn;
using OS2iot.Portal.Auth;

namespace OS2iot.Portal.Pages.SignIn;

/// <summary>Ends the session, here and where it began. Only by its form: a link on a foreign page must not.</summary>
[AllowAnonymous]
internal sealed class SignOutModel(SessionClient session, IOptions<OidcOptions> oidc, IOptionsMonitor<OpenIdConnectOptions> provider) : PageModel
{
    private const string Done = "/sign-in?signedOut=true";

    /// <summary>Where the session at the identity provider is ended.</summary>
    public string? AtProvider { get; private set; }

    public IActionResult OnGet() => LocalRedirect("/applications");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await session.SignOutAsync(ct);
        if (!oidc.Value.IsSetUp || !Auth.Session.IsExternal(User) || !await KnowsOfLogoutAsync(ct))
        {
            await HttpContext.SignOutAsync();
            return LocalRedirect(Done);
        }

        await HttpContext.SignOutAsync(ConfigureOidc.Scheme, new AuthenticationProperties { RedirectUri = Done });
        await HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);

        // A page instead of the redirect: a form may only lead to ourselves, and who knows where a provider sends people on to.
        AtProvider = Response.Headers.Location;
        Response.Headers.Location = default;
        Response.StatusCode = StatusCodes.Status200OK;
        return Page();
    }

    // A provider that does not answer keeps nobody from leaving.
    private async Task<bool> KnowsOfLogoutAsync(CancellationToken ct)
    {
        try
        {
            var configuration = await provider.Get(ConfigureOidc.Scheme).ConfigurationManager!.GetConfigurationAsync(ct);
            return configuration.EndSessionEndpoint is { Length: > 0 };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
