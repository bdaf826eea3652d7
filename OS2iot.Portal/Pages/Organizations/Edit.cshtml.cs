using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Organizations;

internal sealed class EditModel(OrganizationClient organizations, PageFrame frame) : PageModel
{
    [BindProperty]
    public OrganizationForm Form { get; set; } = new();

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        Check();
        Form.Name = (await organizations.GetAsync(id, ct)).Name;
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        Check();
        var answer = await organizations.UpdateAsync(id, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect("/organizations");
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
