using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Users;

namespace OS2iot.Portal.Pages.Permissions;

internal sealed class CreateModel(PermissionClient permissions, UserClient users, PageFrame frame) : PageModel
{
    [BindProperty]
    public PermissionForm Form { get; set; } = new();

    /// <summary>Where it goes; sent back by the form, since the chosen organization may change in another tab.</summary>
    [BindProperty(SupportsGet = true, Name = "of")]
    public int? OrganizationId { get; set; }

    public IReadOnlyList<NamedThing> Users { get; private set; } = [];

    public IReadOnlyList<NamedThing> Applications { get; private set; } = [];

    public Task OnGetAsync(CancellationToken ct) => LoadAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var answer = await permissions.CreateAsync(Form, Check(), ct);
        if (answer.Value is { } created)
        {
            this.Say(Words.NowThere.With(created.Name));
            return LocalRedirect($"/permissions/{created.Id}");
        }

        await LoadAsync(ct);
        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), PermissionForm.Fields);
        return Page();
    }

    private int Check()
    {
        frame.Enter(OrganizationId);
        OrganizationId = frame.Organization?.Id ?? throw new MissingException();
        return frame.Me?.ManagesUsersOf(OrganizationId.Value) == true ? OrganizationId.Value : throw new ForbiddenException();
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var applications = permissions.ApplicationsAsync(Check(), ct);
        Users = await users.ChoicesAsync(ct);
        Applications = await applications;
    }
}
