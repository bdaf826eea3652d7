using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.ApiKeys;

internal sealed class IndexModel(ApiKeyClient keys, PageFrame frame, TimeProvider time) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public ListAnswer<ApiKey> Keys { get; private set; } = null!;

    public bool IsExpired(ApiKey key) => key.ExpiresOn <= time.GetUtcNow();

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (frame is not { Me: { } me, Organization: { } organization } || !me.ManagesUsersOf(organization.Id))
        {
            throw new ForbiddenException();
        }

        Keys = await keys.ListAsync(organization.Id, List, ct);
    }
}
