using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Devices;

namespace OS2iot.Portal.Pages.Sigfox;

internal sealed class RestartDeviceModel(SigfoxClient sigfox, DeviceClient devices, PageFrame frame) : PageModel
{
    public Device Device { get; private set; } = null!;

    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, ct);

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        var answer = await sigfox.RestartDeviceAsync(id, ct);
        if (answer.Value is { } job)
        {
            return LocalRedirect($"/sigfox/jobs/{job.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        return Page();
    }

    private async Task LoadAsync(int id, CancellationToken ct)
    {
        Device = await devices.GetAsync(id, ct);
        if (Device.Type != "SIGFOX")
        {
            throw new MissingException();
        }

        if (frame.Me?.MayWrite(Device.Application?.Id ?? 0) != true)
        {
            throw new ForbiddenException();
        }
    }
}
