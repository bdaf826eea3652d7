using Microsoft.AspNetCore.Mvc.RazorPages;

namespace OS2iot.Portal.Pages.Users;

internal sealed class DetailsModel(UserClient users) : PageModel
{
    public User Shown { get; private set; } = null!;

    public async Task OnGetAsync(int id, CancellationToken ct) => Shown = await users.GetAsync(id, ct);
}
