using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Auth;

namespace OS2iot.Portal.Pages.SignIn;

/// <summary>Exchanges e-mail and password for a session that lasts as long as the Api's token.</summary>
[AllowAnonymous]
internal sealed class IndexModel(SessionClient session) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Expired { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool SignedOut { get; set; }

    public IActionResult OnGet() => User.Identity?.IsAuthenticated == true && !Expired ? LocalRedirect(Target()) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var (token, failure) = await session.SignInAsync(Email, Password, ct);
        if (token is null || AccessToken.Read(token, CookieAuthenticationDefaults.AuthenticationScheme) is not { } read)
        {
            ModelState.AddModelError("", failure == SignInFailure.TooMany ? SignInTexts.TooMany : SignInTexts.Wrong);
            return Page();
        }

        await HttpContext.SignInAsync(read.User, new AuthenticationProperties { ExpiresUtc = read.Expires });
        return LocalRedirect(Target());
    }

    // Only addresses of our own: others would be a way to lead users elsewhere.
    private string Target() => Url.IsLocalUrl(ReturnUrl) ? ReturnUrl! : "/applications";
}
