using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Auth;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Applications;

internal sealed class CreateModel(ApplicationClient applications, PageFrame frame) : PageModel
{
    [BindProperty]
    public ApplicationForm Form { get; set; } = new();

    /// <summary>Where it goes; sent back by the form, since the chosen organization may change in another tab.</summary>
    [BindProperty(SupportsGet = true, Name = "organizationId")]
    public int? OrganizationId { get; set; }

    public IReadOnlyList<MyPermission> Groups { get; private set; } = [];

    public void OnGet()
    {
        Load();
        if (Groups.Count > 0)
        {
            Form.PermissionIds = [Groups[0].Id];
        }
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Load();
        var answer = await applications.CreateAsync(Form, OrganizationId ?? 0, ct);
        if (answer.Value is { } created)
        {
            this.Say(Words.NowThere.With(created.Name));
            return LocalRedirect($"/applications/{created.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), ApplicationForm.Fields);
        return Page();
    }

    private void Load()
    {
        frame.Enter(OrganizationId);
        OrganizationId = frame.Organization?.Id ?? throw new MissingException();
        if (frame.Me?.MayWriteIn(OrganizationId.Value) != true)
        {
            throw new ForbiddenException();
        }

        Groups = frame.Me.GroupsOf(OrganizationId.Value);
    }
}
