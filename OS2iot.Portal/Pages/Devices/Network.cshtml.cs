using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.Gateways;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>How well a device was heard, in its last messages and in the last month, and what its network told of it.</summary>
internal sealed class NetworkModel(DeviceClient devices, ApplicationClient applications, GatewayClient network, PageFrame frame) : PageModel
{
    private const int Messages = 100;

    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public Device Device { get; private set; } = null!;

    public Application Application { get; private set; } = null!;

    public IReadOnlyList<LineChart> Charts { get; private set; } = [];

    public ListAnswer<NetworkEvent> Events { get; private set; } = null!;

    /// <summary>Changes when there is something new to show.</summary>
    public Guid? NewestMessage { get; private set; }

    /// <summary>The page itself.</summary>
    public string Here => Request.Path + Request.QueryString;

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        Device = await devices.GetAsync(id, ct);
        if (!Device.HasSignal)
        {
            throw new MissingException();
        }

        var days = network.SignalAsync(id, ct);
        var messages = devices.MessagesAsync(id, before: null, Messages, ct);
        var events = network.DeviceEventsAsync(id, List, ct);
        var application = applications.GetAsync(Device.Application?.Id ?? 0, ct);
        await Task.WhenAll(days, messages, events, application);
        (Events, Application) = (await events, await application);
        NewestMessage = (await messages).Data is [var newest, ..] ? newest.Id : null;
        Charts = [.. ChartsOf((await messages).Data), .. ChartsOf(await days)];
        frame.Enter(Application.BelongsTo?.Id);
    }

    private static IEnumerable<LineChart> ChartsOf(IReadOnlyList<Message> messages)
    {
        var heard = messages.Where(m => m.Rssi is not null).ToList();
        if (heard.Count > 0)
        {
            yield return new LineChart(GatewayTexts.Rssi, heard.Select(m => (m.ReceivedAt, m.Rssi!.Value)), byDay: false);
        }

        if (heard.Any(m => m.Snr is not null))
        {
            yield return new LineChart(GatewayTexts.Snr, heard.Where(m => m.Snr is not null).Select(m => (m.ReceivedAt, m.Snr!.Value)), byDay: false);
        }
    }

    // A single day says less than its messages do.
    private static IEnumerable<LineChart> ChartsOf(IReadOnlyList<SignalDay> days)
    {
        if (days.Count > 1)
        {
            yield return new LineChart(GatewayTexts.RssiPerDay, days.Select(d => (d.Timestamp, d.Rssi)));
        }

        if (days.Count > 1 && days.Any(d => d.Snr is not null))
        {
            yield return new LineChart(GatewayTexts.SnrPerDay, days.Where(d => d.Snr is not null).Select(d => (d.Timestamp, d.Snr!.Value)));
        }

        if (days.Any(d => d.FrameLossRate is not null))
        {
            yield return new LineChart(
                GatewayTexts.Loss, days.Where(d => d.FrameLossRate is not null).Select(d => (d.Timestamp, Math.Round(d.FrameLossRate!.Value * 100, 1))), fromZero: true);
        }
    }
}
