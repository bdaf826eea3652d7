using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.DataTargets;
using OS2iot.Portal.Pages.PayloadDecoders;

namespace OS2iot.Portal.Pages.Connections;

internal sealed class EditModel(
    ConnectionClient connections, DataTargetClient targets, PayloadDecoderClient decoders, ApplicationClient applications, PageFrame frame)
    : ConnectionChoices(connections, targets, decoders, applications, frame)
{
    private readonly ConnectionClient _connections = connections;

    [BindProperty]
    public ConnectionForm Form { get; set; } = new();

    public Connection Connection { get; private set; } = null!;

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        await LoadConnectionAsync(id, ct);
        Form = ConnectionForm.From(Connection);
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadConnectionAsync(id, ct);
        if (!HasDevices(ModelState, Form))
        {
            return Page();
        }

        var answer = await _connections.UpdateAsync(id, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect($"/data-targets/{Form.DataTargetId}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), ConnectionForm.Fields);
        return Page();
    }

    private async Task LoadConnectionAsync(int id, CancellationToken ct)
    {
        Connection = await _connections.GetAsync(id, ct);
        await LoadAsync(Connection.DataTarget?.Application?.Id ?? 0, Connection.PayloadDecoder, ct);
    }
}
