using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Organizations;

internal sealed class IndexModel(OrganizationClient organizations, PageFrame frame) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public ListAnswer<Organization> Organizations { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (frame.Me?.IsGlobalAdmin != true)
        {
            throw new ForbiddenException();
        }

        Organizations = await organizations.ListAsync(List, ct);
    }
}
