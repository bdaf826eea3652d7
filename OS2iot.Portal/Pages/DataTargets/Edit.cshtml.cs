using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.DataTargets;

/// <summary>Edits a data target of any type; the fields come from the type's settings.</summary>
internal sealed class EditModel(DataTargetClient targets, ApplicationClient applications, PageFrame frame)
    : OneDataTarget(targets, applications, frame)
{
    private readonly DataTargetClient _targets = targets;

    [BindProperty]
    public DataTargetForm Form { get; set; } = new();

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, forWriting: true, ct);
        Form = DataTargetForm.From(Target);
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, forWriting: true, ct);
        var answer = await _targets.UpdateAsync(Target, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect($"/data-targets/{id}");
        }

        DataTargetProblems.AddTo(ModelState, answer.Problems, Target.Type);
        return Page();
    }
}
