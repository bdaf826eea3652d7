using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.Gateways;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>How well a device was heard in the last month, and what its network told of it.</summary>
internal sealed class NetworkModel(DeviceClient devices, ApplicationClient applications, GatewayClient network, PageFrame frame) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public Device Device { get; private set; } = null!;

    public Application Application { get; private set; } = null!;

    public IReadOnlyList<LineChart> Charts { get; private set; } = [];

    public ListAnswer<NetworkEvent> Events { get; private set; } = null!;

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        Device = await devices.GetAsync(id, ct);
        if (!Device.HasSignal)
        {
            throw new MissingException();
        }

        var days = network.SignalAsync(id, ct);
        var events = network.DeviceEventsAsync(id, List, ct);
        var application = applications.GetAsync(Device.Application?.Id ?? 0, ct);
        await Task.WhenAll(days, events, application);
        (Events, Application) = (await events, await application);
        Charts = [.. ChartsOf(await days)];
        frame.Enter(Application.BelongsTo?.Id);
    }

    private static IEnumerable<LineChart> ChartsOf(IReadOnlyList<SignalDay> days)
    {
        if (days.Count == 0)
        {
            yield break;
        }

        yield return new LineChart(GatewayTexts.Rssi, days.Select(d => (d.Timestamp, d.Rssi)));
        if (days.Any(d => d.Snr is not null))
        {
            yield return new LineChart(GatewayTexts.Snr, days.Where(d => d.Snr is not null).Select(d => (d.Timestamp, d.Snr!.Value)));
        }

        if (days.Any(d => d.FrameLossRate is not null))
        {
            yield return new LineChart(
                GatewayTexts.Loss, days.Where(d => d.FrameLossRate is not null).Select(d => (d.Timestamp, Math.Round(d.FrameLossRate!.Value * 100, 1))), fromZero: true);
        }
    }
}
