using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.Devices;

internal sealed class EditModel(DeviceClient devices, ApplicationClient applications, PageFrame frame) : PageModel
{
    [BindProperty]
    public DeviceForm Form { get; set; } = new();

    public Device Device { get; private set; } = null!;

    public Application Application { get; private set; } = null!;

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Form = DeviceForm.From(Device);
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Form.Type = Device.Type;
        if (!Form.IsReadable(ModelState))
        {
            return Page();
        }

        var answer = await devices.UpdateAsync(Device, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect($"/devices/{id}");
        }

        MqttFields.Show(ModelState, answer.Problems, Form.Type);
        return Page();
    }

    private async Task LoadAsync(int id, CancellationToken ct)
    {
        Device = await devices.GetAsync(id, ct);
        Application = await applications.GetAsync(Device.Application?.Id ?? 0, ct);
        frame.Enter(Application.BelongsTo?.Id);
        if (frame.Me?.MayWrite(Application.Id) != true)
        {
            throw new ForbiddenException();
        }
    }
}
