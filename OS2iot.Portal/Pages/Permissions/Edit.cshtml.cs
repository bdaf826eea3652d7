using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Users;

namespace OS2iot.Portal.Pages.Permissions;

internal sealed class EditModel(PermissionClient permissions, UserClient users, PageFrame frame) : PageModel
{
    [BindProperty]
    public PermissionForm Form { get; set; } = new();

    public Permission Before { get; private set; } = null!;

    public IReadOnlyList<NamedThing> Users { get; private set; } = [];

    public IReadOnlyList<NamedThing> Applications { get; private set; } = [];

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Form = PermissionForm.From(Before);
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Form.Rights = PermissionForm.From(Before).Rights;
        var answer = await permissions.UpdateAsync(id, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect($"/permissions/{id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), PermissionForm.Fields);
        return Page();
    }

    private async Task LoadAsync(int id, CancellationToken ct)
    {
        Before = await permissions.GetAsync(id, ct);
        var organizationId = Before.Organization?.Id;
        if (organizationId is null || frame.Me?.ManagesUsersOf(organizationId.Value) != true)
        {
            throw new ForbiddenException();
        }

        frame.Enter(organizationId);
        var applications = permissions.ApplicationsAsync(organizationId.Value, ct);

        // Members whom the caller does not manage can be kept or let go all the same.
        Users = [.. (await users.ChoicesAsync(ct)).UnionBy(Before.Users ?? [], u => u.Id)];
        Applications = [.. (await applications).UnionBy(Before.Applications ?? [], a => a.Id)];
    }
}
