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

    public IActionResult OnGet() => LocalRedirect("/applications");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await session.SignOutAsync(ct);
        if (oidc.Value.IsSetUp && Auth.Session.IsExternal(User) && await KnowsOfLogoutAsync(ct))
        {
            return SignOut(
                new AuthenticationProperties { RedirectUri = Done }, CookieAuthenticationDefaults.AuthenticationScheme, ConfigureOidc.Scheme);
        }

        await HttpContext.SignOutAsync();
        return LocalRedirect(Done);
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
