using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Permissions;

namespace OS2iot.Portal.Pages.Users;

/// <summary>Who asked for access to the chosen organization.</summary>
internal sealed class AwaitingModel(UserClient users, PermissionClient permissions, PageFrame frame) : PageModel
{
    public ListAnswer<AwaitingUser> Users { get; private set; } = new([], 0);

    public IReadOnlyList<NamedThing> Groups { get; private set; } = [];

    public Task OnGetAsync(int? of, CancellationToken ct) => LoadAsync(of, ct);

    public async Task<IActionResult> OnPostAcceptAsync(int? of, int userId, int[] permissionIds, CancellationToken ct)
    {
        var organizationId = Check(of);
        if (permissionIds.Length == 0)
        {
            ModelState.AddModelError("", UserTexts.ChooseGroups);
        }
        else
        {
            var answer = await users.AcceptAsync(organizationId, userId, permissionIds, ct);
            if (answer.Value is { } user)
            {
                this.Say(UserTexts.Approved.With(user.Name));
                return LocalRedirect($"/users/awaiting?of={organizationId}");
            }

            ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        }

        await LoadAsync(organizationId, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostRejectAsync(int? of, int userId, CancellationToken ct)
    {
        var organizationId = Check(of);
        var answer = await users.RejectAsync(organizationId, userId, ct);
        if (answer.Succeeded)
        {
            this.Say(UserTexts.Rejected);
            return LocalRedirect($"/users/awaiting?of={organizationId}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        await LoadAsync(organizationId, ct);
        return Page();
    }

    private int Check(int? of)
    {
        frame.Enter(of);
        return frame.Organization is { } organization && frame.Me?.ManagesUsersOf(organization.Id) == true
            ? organization.Id
            : throw new ForbiddenException();
    }

    private async Task LoadAsync(int? of, CancellationToken ct)
    {
        var organizationId = Check(of);
        var groups = permissions.ChoicesAsync(organizationId, ct);
        Users = await users.AwaitingAsync(organizationId, ct);
        Groups = await groups;
    }
}
