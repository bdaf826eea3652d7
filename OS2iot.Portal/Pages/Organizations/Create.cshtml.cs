using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Organizations;

internal sealed class CreateModel(OrganizationClient organizations, PageFrame frame) : PageModel
{
    [BindProperty]
    public OrganizationForm Form { get; set; } = new();

    public void OnGet() => Check();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Check();
        var answer = await organizations.CreateAsync(Form, ct);
        if (answer.Value is { } created)
        {
            this.Say(Words.NowThere.With(created.Name));
            return LocalRedirect($"/applications?organization={created.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), OrganizationForm.Fields);
        return Page();
    }

    private void Check()
    {
        if (frame.Me?.IsGlobalAdmin != true)
        {
            throw new ForbiddenException();
        }
    }
}
