using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.DataTargets;

internal sealed class DeleteModel(DataTargetClient targets, ApplicationClient applications, PageFrame frame)
    : OneDataTarget(targets, applications, frame)
{
    private readonly DataTargetClient _targets = targets;

    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, forWriting: true, ct);

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, forWriting: true, ct);
        var answer = await _targets.DeleteAsync(id, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.NowGone.With(Target.Name));
            return LocalRedirect($"/applications/{Application.Id}/data-targets");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        return Page();
    }
}
