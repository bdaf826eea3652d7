using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.Connections;
using OS2iot.Portal.Pages.Sigfox;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>A device: its facts, where its data goes, and its messages as they arrive.</summary>
internal sealed class DetailsModel(
    DeviceClient devices, SigfoxClient sigfox, ApplicationClient applications, PageFrame frame, IOptions<IngestOptions> ingest) : PageModel
{
    public const int MostMessages = 20;

    public Device Device { get; private set; } = null!;

    public Application Application { get; private set; } = null!;

    public IReadOnlyList<Connection> Connections { get; private set; } = [];

    public MessagePage Messages { get; private set; } = null!;

    /// <summary>Looking at older messages, which no longer arrive.</summary>
    public bool IsOlder { get; private set; }

    public bool MayWrite { get; private set; }

    /// <summary>Of a Sigfox device: what Sigfox tells of it.</summary>
    public SigfoxDeviceState? Sigfox { get; private set; }

    public Uri? Ingest => ingest.Value.PublicUrl;

    public ApiCall? Call => Ingest is { } url && Device.ApiKey is { } key ? new ApiCall(url, key) : null;

    public async Task OnGetAsync(int id, string? before, CancellationToken ct)
    {
        var device = devices.GetAsync(id, ct);
        var connections = devices.ConnectionsAsync(id, ct);
        var messages = devices.MessagesAsync(id, before, MostMessages, ct);
        await Task.WhenAll(device, connections, messages);
        (Device, Connections, Messages) = (await device, (await connections).Data, await messages);
        Application = await applications.GetAsync(Device.Application?.Id ?? 0, ct);
        Sigfox = Device.Type == "SIGFOX" ? await sigfox.DeviceAsync(id, ct) : null;
        IsOlder = before is not null;
        frame.Enter(Application.BelongsTo?.Id);
        MayWrite = frame.Me?.MayWrite(Application.Id) == true;
    }
}
