using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Permissions;

internal sealed class DetailsModel(PermissionClient permissions, PageFrame frame) : PageModel
{
    public Permission Permission { get; private set; } = null!;

    public bool MayWrite { get; private set; }

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        Permission = await permissions.GetAsync(id, ct);
        frame.Enter(Permission.Organization?.Id);
        MayWrite = Permission.Organization is { } organization && frame.Me?.ManagesUsersOf(organization.Id) == true;
    }
}
