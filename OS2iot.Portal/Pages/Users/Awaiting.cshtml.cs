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
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public ListAnswer<AwaitingUser> Users { get; private set; } = new([], 0);

    public IReadOnlyList<NamedThing> Groups { get; private set; } = [];

    public Task OnGetAsync(int? of, CancellationToken ct) => LoadAsync(of, ct);

    public async Task<IActionResult> OnPostAcceptAsync(int? of, int userId, int[] permissionIds, string? reason, CancellationToken ct)
    {
        var organizationId = Check(of);
        if (permissionIds.Length == 0)
        {
            ModelState.AddModelError("", UserTexts.ChooseGroups);
        }
        else
        {
            var answer = await users.AcceptAsync(organizationId, userId, permissionIds, Given(reason), ct);
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

    public async Task<IActionResult> OnPostRejectAsync(int? of, int userId, string? reason, CancellationToken ct)
    {
        var organizationId = Check(of);
        var answer = await users.RejectAsync(organizationId, userId, Given(reason), ct);
        if (answer.Succeeded)
        {
            this.Say(UserTexts.Rejected);
            return LocalRedirect($"/users/awaiting?of={organizationId}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        await LoadAsync(organizationId, ct);
        return Page();
    }

    private static string? Given(string? reason) => string.IsNullOrWhiteSpace(reason) ? null : reason.Trim();

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
        Users = await users.AwaitingAsync(organizationId, List, ct);
        Groups = await groups;
    }
}
