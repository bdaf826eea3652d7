using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Auth;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Applications;

internal sealed class EditModel(ApplicationClient applications, PageFrame frame) : PageModel
{
    [BindProperty]
    public ApplicationForm Form { get; set; } = new();

    public Application Application { get; private set; } = null!;

    public IReadOnlyList<MyPermission> Groups { get; private set; } = [];

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Form = ApplicationForm.From(Application);
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        var answer = await applications.UpdateAsync(Application, Form, Groups.Select(g => g.Id), ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect($"/applications/{id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), ApplicationForm.Fields);
        return Page();
    }

    private async Task LoadAsync(int id, CancellationToken ct)
    {
        Application = await applications.GetAsync(id, ct);
        frame.Enter(Application.BelongsTo?.Id);
        if (frame.Me?.MayWrite(id) != true)
        {
            throw new ForbiddenException();
        }

        Groups = frame.Me.GroupsOf(Application.BelongsTo?.Id ?? 0);
    }
}
