using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Users;

internal sealed class DetailsModel(UserClient users, PageFrame frame) : PageModel
{
    public User Shown { get; private set; } = null!;

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        if (frame.Me?.ManagesUsers != true)
        {
            throw new ForbiddenException();
        }

        Shown = await users.GetAsync(id, ct);
    }
}
