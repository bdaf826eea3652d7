using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Users;

internal sealed class IndexModel(UserClient users, PageFrame frame) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public ListAnswer<User> Users { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (frame.Me?.ManagesUsers != true)
        {
            throw new ForbiddenException();
        }

        Users = await users.ListAsync(List, ct);
    }
}
