using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>The Sigfox groups of the chosen organization.</summary>
internal sealed class IndexModel(SigfoxClient sigfox, PageFrame frame) : PageModel
{
    public IReadOnlyList<SigfoxGroup> Groups { get; private set; } = [];

    public bool MayWrite { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (frame.Organization is { } organization)
        {
            Groups = await sigfox.GroupsAsync(organization.Id, ct);
            MayWrite = frame.Me?.MayWriteIn(organization.Id) == true;
        }
    }
}
