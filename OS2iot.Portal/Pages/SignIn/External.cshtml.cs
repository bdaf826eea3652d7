using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using OS2iot.Core.SignIn;
using OS2iot.Portal.Auth;

namespace OS2iot.Portal.Pages.SignIn;

/// <summary>Leads to the identity provider. By a link, since forms may only lead to ourselves.</summary>
[AllowAnonymous]
internal sealed class ExternalModel(IOptions<OidcOptions> oidc) : PageModel
{
    public IActionResult OnGet(string? returnUrl) => oidc.Value.IsSetUp
        ? Challenge(new AuthenticationProperties { RedirectUri = Url.IsLocalUrl(returnUrl) ? returnUrl : "/applications" }, ConfigureOidc.Scheme)
        : LocalRedirect("/sign-in");
}
