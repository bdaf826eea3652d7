using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>What pages about one Sigfox group have in common.</summary>
internal abstract class OneSigfoxGroup(SigfoxClient sigfox, PageFrame frame) : PageModel
{
    public SigfoxGroup Group { get; private set; } = null!;

    public bool MayWrite { get; private set; }

    protected SigfoxClient Client => sigfox;

    /// <exception cref="ForbiddenException">It is to be changed, and this user may not.</exception>
    protected async Task LoadGroupAsync(int id, bool toChange, CancellationToken ct)
    {
        Group = await sigfox.GroupAsync(id, ct);
        frame.Enter(Group.BelongsTo?.Id);
        MayWrite = frame.Me?.MayWriteIn(Group.BelongsTo?.Id ?? 0) == true;
        if (toChange && !MayWrite)
        {
            throw new ForbiddenException();
        }
    }
}
