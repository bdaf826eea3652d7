using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.Connections;

internal sealed class DeleteModel(ConnectionClient connections, ApplicationClient applications, PageFrame frame) : PageModel
{
    public Connection Connection { get; private set; } = null!;

    public string Name => ConnectionTexts.TheConnection.With(Connection.DataTarget?.Name);

    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, ct);

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        var answer = await connections.DeleteAsync(id, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.NowGone.With(Name));
            return LocalRedirect($"/data-targets/{Connection.DataTarget?.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        return Page();
    }

    private async Task LoadAsync(int id, CancellationToken ct)
    {
        Connection = await connections.GetAsync(id, ct);
        var application = await applications.GetAsync(Connection.DataTarget?.Application?.Id ?? 0, ct);
        frame.Enter(application.BelongsTo?.Id);
        if (frame.Me?.MayWrite(application.Id) != true)
        {
            throw new ForbiddenException();
        }
    }
}
