using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Permissions;

namespace OS2iot.Portal.Pages.ApiKeys;

internal sealed class DeleteModel(ApiKeyClient keys, PermissionClient permissions, PageFrame frame) : OneApiKey(keys, permissions, frame)
{
    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, ct);

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        var answer = await Keys.DeleteAsync(id, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.NowGone.With(Key.Name));
            return LocalRedirect("/api-keys");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        return Page();
    }
}
