using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Sync;

/// <summary>The changes that an outside system has not followed.</summary>
internal sealed class ChangesModel(SyncClient sync, PageFrame frame) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public string Name { get; private set; } = "";

    public ListAnswer<SyncChange> Changes { get; private set; } = null!;

    public async Task OnGetAsync(string system, CancellationToken ct)
    {
        if (frame.Me?.IsGlobalAdmin != true)
        {
            throw new ForbiddenException();
        }

        Name = system;
        Changes = await sync.ChangesAsync(system, List, ct);
    }
}
