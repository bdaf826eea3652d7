using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.Devices;

internal sealed class CreateModel(DeviceClient devices, ApplicationClient applications, PageFrame frame) : PageModel
{
    [BindProperty]
    public DeviceForm Form { get; set; } = new();

    public Application Application { get; private set; } = null!;

    /// <summary>How the device connects.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Type { get; set; }

    public Task OnGetAsync(int applicationId, CancellationToken ct) => LoadAsync(applicationId, ct);

    public async Task<IActionResult> OnPostAsync(int applicationId, CancellationToken ct)
    {
        await LoadAsync(applicationId, ct);
        if (!Form.IsReadable(ModelState))
        {
            return Page();
        }

        var answer = await devices.CreateAsync(Form, applicationId, ct);
        if (answer.Value is { } created)
        {
            this.Say(Words.NowThere.With(created.Name));
            return LocalRedirect($"/devices/{created.Id}");
        }

        MqttFields.Show(ModelState, answer.Problems, Form.Type);
        return Page();
    }

    private async Task LoadAsync(int applicationId, CancellationToken ct)
    {
        Form.Type = Type is MqttFields.Internal or MqttFields.External ? Type : "GENERIC_HTTP";
        Application = await applications.GetAsync(applicationId, ct);
        frame.Enter(Application.BelongsTo?.Id);
        if (frame.Me?.MayWrite(applicationId) != true)
        {
            throw new ForbiddenException();
        }
    }
}
