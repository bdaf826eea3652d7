using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Sigfox;

internal sealed class CreateGroupModel(SigfoxClient sigfox, PageFrame frame) : PageModel
{
    [BindProperty]
    public SigfoxGroupForm Form { get; set; } = new();

    public void OnGet() => Check();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var answer = await sigfox.SaveGroupAsync(id: null, Check(), Form, ct);
        if (answer.Value is { } created)
        {
            this.Say(Words.NowThere.With(created.Name));
            return LocalRedirect($"/sigfox/groups/{created.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), SigfoxGroupForm.Fields);
        return Page();
    }

    /// <returns>The chosen organization.</returns>
    private int Check() => frame.Organization is { } organization && frame.Me?.MayWriteIn(organization.Id) == true
        ? organization.Id
        : throw new ForbiddenException();
}
