using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.Devices;

namespace OS2iot.Portal.Pages.Downlinks;

/// <summary>What was sent to a device, what became of it, and a form to send more.</summary>
internal sealed class IndexModel(DownlinkClient downlinks, DeviceClient devices, ApplicationClient applications, PageFrame frame) : PageModel
{
    [BindProperty]
    public DownlinkForm Form { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public Device Device { get; private set; } = null!;

    public Application Application { get; private set; } = null!;

    public ListAnswer<Downlink> Downlinks { get; private set; } = null!;

    public bool MayWrite { get; private set; }

    /// <summary>Something may still change by itself.</summary>
    public bool IsMoving => Downlinks.Data.Any(d => d.IsWaiting || d.State == "sent");

    /// <summary>Changes when there is something new to show.</summary>
    public string Fresh => string.Join(' ', Downlinks.Data.Select(d => FormattableString.Invariant($"{d.Id}{d.State}")));

    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, toChange: false, ct);

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, toChange: true, ct);
        if (!Form.IsReadable(ModelState))
        {
            return Page();
        }

        var answer = await downlinks.SendAsync(id, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(DownlinkTexts.NowWaiting);
            return LocalRedirect($"/devices/{id}/downlinks");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), DownlinkForm.Fields);
        return Page();
    }

    public async Task<IActionResult> OnPostFlushAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, toChange: true, ct);
        var answer = await downlinks.FlushAsync(id, ct);
        if (answer.Value is { } flushed)
        {
            this.Say(DownlinkTexts.Flushed.With(flushed.Count));
            return LocalRedirect($"/devices/{id}/downlinks");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        return Page();
    }

    private async Task LoadAsync(int id, bool toChange, CancellationToken ct)
    {
        Device = await devices.GetAsync(id, ct);
        if (!Device.TakesDownlinks)
        {
            throw new MissingException();
        }

        var list = downlinks.ListAsync(id, List, ct);
        var application = applications.GetAsync(Device.Application?.Id ?? 0, ct);
        await Task.WhenAll(list, application);
        (Downlinks, Application) = (await list, await application);
        frame.Enter(Application.BelongsTo?.Id);
        MayWrite = frame.Me?.MayWrite(Application.Id) == true;
        if (toChange && !MayWrite)
        {
            throw new ForbiddenException();
        }
    }
}
