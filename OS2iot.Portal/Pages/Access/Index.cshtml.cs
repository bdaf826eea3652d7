using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Auth;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Access;

/// <summary>Asks to belong to organizations. Their administrators get a mail, and the user gets their answer by mail.</summary>
internal sealed class IndexModel(AccessClient access, PageFrame frame) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public List<int> Organizations { get; set; } = [];

    public IReadOnlyList<OrganizationName> Choices { get; private set; } = [];

    public bool NeedsEmail => frame.Me?.User.Email is null;

    public async Task OnGetAsync(CancellationToken ct)
    {
        (Email, var proposed) = Newcomer.Proposed(HttpContext);
        Organizations = [.. proposed];
        Choices = await access.ListAsync(ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var problems = Organizations.Count == 0 ? [] : await access.AskAsync(NeedsEmail ? Email ?? "" : null, Organizations, ct);
        if (Organizations.Count > 0 && problems.Count == 0)
        {
            Newcomer.Forget(HttpContext);
            this.Say(AccessTexts.Asked);
            return LocalRedirect("/applications");
        }

        if (Organizations.Count == 0)
        {
            ModelState.AddModelError("", AccessTexts.ChooseOne);
        }

        foreach (var problem in problems)
        {
            ModelState.AddModelError(problem.Property == "email" ? nameof(Email) : "", ProblemTexts.Of(problem));
        }

        Choices = await access.ListAsync(ct);
        return Page();
    }
}
