using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Permissions;

internal sealed class DeleteModel(PermissionClient permissions, PageFrame frame) : PageModel
{
    public Permission Permission { get; private set; } = null!;

    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, ct);

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        var answer = await permissions.DeleteAsync(id, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.NowGone.With(Permission.Name));
            return LocalRedirect("/permissions");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        return Page();
    }

    private async Task LoadAsync(int id, CancellationToken ct)
    {
        Permission = await permissions.GetAsync(id, ct);
        if (Permission.Organization is not { } organization || frame.Me?.ManagesUsersOf(organization.Id) != true)
        {
            throw new ForbiddenException();
        }

        frame.Enter(organization.Id);
    }
}
