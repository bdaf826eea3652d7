using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Applications;

internal sealed class DeleteModel(ApplicationClient applications, PageFrame frame) : PageModel
{
    public Application Application { get; private set; } = null!;

    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, ct);

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        var answer = await applications.DeleteAsync(id, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.NowGone.With(Application.Name));
            return LocalRedirect("/applications");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
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
    }
}
