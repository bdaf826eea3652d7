using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Gateways;

/// <summary>A gateway: its facts, how it came and went, and what it heard.</summary>
internal sealed class DetailsModel(GatewayClient gateways, PageFrame frame) : PageModel
{
    private const int MostRows = 50;

    public Gateway Gateway { get; private set; } = null!;

    public bool IsOnline { get; private set; }

    public LineChart? Received { get; private set; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<GatewayStateAt> Timeline { get; private set; } = [];

    public GatewayFrames Frames { get; private set; } = null!;

    public IReadOnlyList<NetworkEvent> Events { get; private set; } = [];

    public IReadOnlyList<DutyCycleBand> Duty { get; private set; } = [];

    public async Task OnGetAsync(string gatewayId, CancellationToken ct)
    {
        var found = gateways.GetAsync(gatewayId, ct);
        var history = gateways.HistoryAsync(gatewayId, ct);
        var frames = gateways.FramesAsync(gatewayId, MostRows, ct);
        var events = gateways.EventsAsync(gatewayId, MostRows, ct);
        await Task.WhenAll(found, history, frames, events);
        Gateway = (await found).Gateway;
        IsOnline = (await history).IsOnline;
        Timeline = [.. (await history).StatusTimestamps.OrderByDescending(s => s.Timestamp)];
        (Frames, Events) = (await frames, (await events).Data);
        Duty = DutyCycleBand.Of(Events);
        var days = (await found).Stats;
        Received = days.Count == 0 ? null : new LineChart(GatewayTexts.ReceivedPerDay, days.Select(d => (d.Timestamp, (double)d.RxPacketsReceived)), fromZero: true);
        frame.Enter(Gateway.OrganizationId);
    }
}
