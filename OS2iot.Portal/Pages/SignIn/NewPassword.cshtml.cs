using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Auth;
using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.SignIn;

/// <summary>Where the mail leads: a new password for the token in the address.</summary>
[AllowAnonymous]
internal sealed class NewPasswordModel(SessionClient session) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public void OnGet() => Response.Headers["Referrer-Policy"] = "no-referrer";

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var problems = await session.ResetPasswordAsync(Token, Password, ct);
        if (problems.Count == 0)
        {
            return LocalRedirect("/sign-in?changed=true");
        }

        ModelState.AddModelError("", ProblemTexts.Of(problems[0]));
        return Page();
    }
}
