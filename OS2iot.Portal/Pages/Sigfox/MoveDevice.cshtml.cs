using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Devices;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>Moves a device to another device type, which Sigfox does in its own time.</summary>
internal sealed class MoveDeviceModel(SigfoxClient sigfox, DeviceClient devices, PageFrame frame) : PageModel
{
    [BindProperty]
    public string? DeviceTypeId { get; set; }

    public Device Device { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Types { get; private set; } = [];

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        DeviceTypeId = Device.SigfoxSettings!.DeviceTypeId;
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        var answer = await sigfox.MoveAsync(Device, DeviceTypeId, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect($"/devices/{id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        return Page();
    }

    private async Task LoadAsync(int id, CancellationToken ct)
    {
        Device = await devices.GetAsync(id, ct);
        if (Device.SigfoxSettings is not { } settings)
        {
            throw new MissingException();
        }

        if (frame.Me?.MayWrite(Device.Application?.Id ?? 0) != true)
        {
            throw new ForbiddenException();
        }

        var types = await sigfox.TypesAsync(settings.GroupId, ct);
        Types = [.. (types.Value?.Data ?? []).Select(t => new SelectListItem(t.Name ?? t.Id, t.Id))];
        if (types.Code is { } code)
        {
            ProblemTexts.AddTo(ModelState, [new Problem(null, null, code)], "", []);
        }
    }
}
