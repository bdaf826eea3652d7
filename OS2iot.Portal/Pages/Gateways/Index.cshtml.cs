using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Gateways;

/// <summary>The gateways of the chosen organization, on a map and in a list.</summary>
internal sealed class IndexModel(GatewayClient gateways, PageFrame frame) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public GatewayPage Gateways { get; private set; } = new([], 0);

    public IReadOnlySet<string> Online { get; private set; } = new HashSet<string>();

    public GatewayMap? Map { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (frame.Organization is not { } organization)
        {
            return;
        }

        var page = gateways.ListAsync(List, organization.Id, ct);
        var all = gateways.MapAsync(organization.Id, ct);
        var online = gateways.OnlineAsync(organization.Id, ct);
        await Task.WhenAll(page, all, online);
        (Gateways, Online) = (await page, await online);
        Map = GatewayMap.Of((await all).ResultList, Online);
    }
}
