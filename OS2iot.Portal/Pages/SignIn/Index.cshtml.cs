using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using OS2iot.Core.SignIn;
using OS2iot.Portal.Auth;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.SignIn;

/// <summary>Exchanges e-mail and password for a session, or leads to the identity provider.</summary>
[AllowAnonymous]
internal sealed class IndexModel(SessionClient session, IOptions<OidcOptions> oidc) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>The one-time code of a user who has them.</summary>
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Expired { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool SignedOut { get; set; }

    /// <summary>Why the way over the identity provider led back here.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Failure { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Changed { get; set; }

    public bool AsksForCode { get; private set; }

    public string? Provider => oidc.Value.IsSetUp ? oidc.Value.DisplayName : null;

    public string ExternalAddress => $"/sign-in/external?returnUrl={Uri.EscapeDataString(Target())}";

    public Text? Notice => Failure switch
    {
        "role" => SignInTexts.MissingRole,
        "inactive" => SignInTexts.Inactive,
        "away" => SignInTexts.Away,
        not null => SignInTexts.ProviderFailed,
        _ => Expired ? SignInTexts.Expired : SignedOut ? SignInTexts.SignedOut : Changed ? SignInTexts.Changed : null,
    };

    public IActionResult OnGet() => User.Identity?.IsAuthenticated == true && !Expired && Failure is null ? LocalRedirect(Target()) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var (answer, failure) = await session.SignInAsync(Email, Password, Code, ct);
        if (answer is null || Session.Of(answer, isExternal: false) is not { } begun)
        {
            AsksForCode = failure is SignInFailure.CodeNeeded or SignInFailure.CodeWrong;
            ModelState.AddModelError("", failure switch
            {
                SignInFailure.TooMany => SignInTexts.TooMany,
                SignInFailure.CodeNeeded => SignInTexts.CodeNeeded,
                SignInFailure.CodeWrong => SignInTexts.CodeWrong,
                _ => SignInTexts.Wrong,
            });
            return Page();
        }

        await HttpContext.SignInAsync(begun.User, new AuthenticationProperties { ExpiresUtc = begun.Expires });
        return LocalRedirect(Target());
    }

    // Only addresses of our own: others would be a way to lead users elsewhere.
    private string Target() => Url.IsLocalUrl(ReturnUrl) ? ReturnUrl! : "/applications";
}
