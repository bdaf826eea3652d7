using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Permissions;

/// <summary>The user groups of the chosen organization; global administrators can see those of all.</summary>
internal sealed class IndexModel(PermissionClient permissions, PageFrame frame) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public ListAnswer<Permission> Permissions { get; private set; } = null!;

    public bool MayCreate { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (frame.Me?.ManagesUsers != true)
        {
            throw new ForbiddenException();
        }

        MayCreate = frame.Organization is { } organization && frame.Me.ManagesUsersOf(organization.Id);
        Permissions = await permissions.ListAsync(MayCreate ? frame.Organization!.Id : null, List, ct);
    }
}
