using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.Devices;

internal sealed class DeleteModel(DeviceClient devices, ApplicationClient applications, PageFrame frame) : PageModel
{
    public Device Device { get; private set; } = null!;

    public Application Application { get; private set; } = null!;

    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, ct);

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        var answer = await devices.DeleteAsync(id, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.NowGone.With(Device.Name));
            return LocalRedirect($"/applications/{Application.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
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
