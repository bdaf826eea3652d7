using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.DataTargets;

internal sealed class CreateModel(DataTargetClient targets, ApplicationClient applications, PageFrame frame) : PageModel
{
    [BindProperty]
    public DataTargetForm Form { get; set; } = new();

    [BindProperty(SupportsGet = true, Name = "type")]
    public string Type { get; set; } = "HTTP_PUSH";

    public Application Application { get; private set; } = null!;

    public async Task OnGetAsync(int applicationId, CancellationToken ct)
    {
        await LoadAsync(applicationId, ct);
        Form = DataTargetForm.Empty(Type);
    }

    public async Task<IActionResult> OnPostAsync(int applicationId, CancellationToken ct)
    {
        await LoadAsync(applicationId, ct);
        var answer = await targets.CreateAsync(Form, Type, applicationId, ct);
        if (answer.Value is { } created)
        {
            this.Say(Words.NowThere.With(created.Name));
            return LocalRedirect($"/data-targets/{created.Id}");
        }

        DataTargetProblems.AddTo(ModelState, answer.Problems, Type);
        return Page();
    }

    private async Task LoadAsync(int applicationId, CancellationToken ct)
    {
        Application = await applications.GetAsync(applicationId, ct);
        frame.Enter(Application.BelongsTo?.Id);
        if (frame.Me?.MayWrite(applicationId) != true)
        {
            throw new ForbiddenException();
        }
    }
}
