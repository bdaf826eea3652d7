using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.DataTargets;
using OS2iot.Portal.Pages.PayloadDecoders;

namespace OS2iot.Portal.Pages.Connections;

internal sealed class CreateModel(
    ConnectionClient connections, DataTargetClient targets, PayloadDecoderClient decoders, ApplicationClient applications, PageFrame frame)
    : ConnectionChoices(connections, targets, decoders, applications, frame)
{
    private readonly ConnectionClient _connections = connections;

    [BindProperty]
    public ConnectionForm Form { get; set; } = new();

    /// <summary>Where the user came from, and goes back to.</summary>
    [BindProperty(SupportsGet = true, Name = "device")]
    public int? DeviceId { get; set; }

    [BindProperty(SupportsGet = true, Name = "target")]
    public int? TargetId { get; set; }

    public string Back => DeviceId is { } device ? $"/devices/{device}"
        : TargetId is { } target ? $"/data-targets/{target}"
        : $"/applications/{Application.Id}/data-targets";

    public async Task OnGetAsync(int applicationId, CancellationToken ct)
    {
        await LoadAsync(applicationId, used: null, ct);
        Form.IotDeviceIds = DeviceId is { } device ? [device] : [];
        Form.DataTargetId = TargetId;
    }

    public async Task<IActionResult> OnPostAsync(int applicationId, CancellationToken ct)
    {
        await LoadAsync(applicationId, used: null, ct);
        if (!HasDevices(ModelState, Form))
        {
            return Page();
        }

        var answer = await _connections.CreateAsync(Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect(Back);
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), ConnectionForm.Fields);
        return Page();
    }
}
