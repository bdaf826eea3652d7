using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>The certificate of a device at our broker: as a file, and its successor.</summary>
internal sealed class CertificateModel(DeviceClient devices, ApplicationClient applications, PageFrame frame) : PageModel
{
    private const string DefaultOverlap = "30";

    [BindProperty]
    public string? FilePassword { get; set; }

    [BindProperty]
    public string? OverlapDays { get; set; } = DefaultOverlap;

    public Device Device { get; private set; } = null!;

    public Application Application { get; private set; } = null!;

    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, ct);

    public async Task<IActionResult> OnPostPemAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        return await DownloadAsync("PEM", null, $"device-{id}.pem", ct);
    }

    public async Task<IActionResult> OnPostPkcs12Async(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        if (string.IsNullOrEmpty(FilePassword))
        {
            ModelState.AddModelError(nameof(FilePassword), MqttTexts.FilePasswordMissing);
            return Page();
        }

        return await DownloadAsync("PKCS12", FilePassword, $"device-{id}.p12", ct);
    }

    public async Task<IActionResult> OnPostRenewAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        if (!int.TryParse(OverlapDays, NumberStyles.None, CultureInfo.InvariantCulture, out var days))
        {
            ModelState.AddModelError(nameof(OverlapDays), ProblemTexts.NotANumber);
            return Page();
        }

        var answer = await devices.RenewCertificateAsync(id, days, ct);
        if (answer.Succeeded)
        {
            this.Say(MqttTexts.Renewed);
            return LocalRedirect($"/devices/{id}/certificate");
        }

        foreach (var problem in answer.Problems)
        {
            ModelState.AddModelError(nameof(OverlapDays), ProblemTexts.Of(problem));
        }

        return Page();
    }

    private async Task<IActionResult> DownloadAsync(string format, string? password, string name, CancellationToken ct)
    {
        Response.Headers.CacheControl = "no-store";
        return File(await devices.DownloadCertificateAsync(Device.Id, format, password, ct), "application/octet-stream", name);
    }

    private async Task LoadAsync(int id, CancellationToken ct)
    {
        Device = await devices.GetAsync(id, ct);
        if (Device.MqttInternalBrokerSettings?.IsByCertificate != true)
        {
            throw new MissingException();
        }

        Application = await applications.GetAsync(Device.Application?.Id ?? 0, ct);
        frame.Enter(Application.BelongsTo?.Id);
        if (frame.Me?.MayWrite(Application.Id) != true)
        {
            throw new ForbiddenException();
        }
    }
}
