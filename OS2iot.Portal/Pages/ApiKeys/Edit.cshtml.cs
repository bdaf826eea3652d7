using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Permissions;

namespace OS2iot.Portal.Pages.ApiKeys;

internal sealed class EditModel(ApiKeyClient keys, PermissionClient permissions, PageFrame frame) : OneApiKey(keys, permissions, frame)
{
    [BindProperty]
    public ApiKeyForm Form { get; set; } = new();

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Form = ApiKeyForm.From(Key);
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        var answer = await Keys.UpdateAsync(id, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect("/api-keys");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), ApiKeyForm.Fields);
        return Page();
    }
}
