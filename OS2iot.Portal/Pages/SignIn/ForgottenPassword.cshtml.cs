using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Auth;

namespace OS2iot.Portal.Pages.SignIn;

/// <summary>Has a mail sent by which a password can be chosen anew. Says the same whether or not there is such a user.</summary>
[AllowAnonymous]
internal sealed class ForgottenPasswordModel(SessionClient session) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    public bool Asked { get; private set; }

    public async Task OnPostAsync(CancellationToken ct)
    {
        Asked = await session.ForgotPasswordAsync(Email, ct);
        if (!Asked)
        {
            ModelState.AddModelError("", SignInTexts.TooMany);
        }
    }
}
