using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Sigfox;

internal sealed class EditGroupModel(SigfoxClient sigfox, PageFrame frame) : OneSigfoxGroup(sigfox, frame)
{
    [BindProperty]
    public SigfoxGroupForm Form { get; set; } = new();

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        await LoadGroupAsync(id, toChange: true, ct);
        Form.Username = Group.Username;
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadGroupAsync(id, toChange: true, ct);
        var answer = await Client.SaveGroupAsync(id, Group.BelongsTo?.Id ?? 0, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect($"/sigfox/groups/{id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), SigfoxGroupForm.Fields);
        return Page();
    }
}
