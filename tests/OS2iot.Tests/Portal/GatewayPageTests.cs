using System.Globalization;

namespace OS2iot.Tests.Portal;

public sealed class GatewayPageTests : IAsyncLifetime
{
    private FakeApi _api = null!;

    private RunningPortal _portal = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _portal = new RunningPortal(_api.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Map_ShowsWhereGatewaysAreAndWhetherTheyAreOnline()
    {
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync("/gateways");

        var pins = visitor.Page.QuerySelectorAll(".gateway-map a").ToList();
        Assert.Equal(["pin-online", "pin-offline"], pins.Select(p => p.GetAttribute("class")));
        Assert.All(pins, p => Assert.Equal($"/gateways/{FakeApi.GatewayId}"[..^1], p.GetAttribute("href")![..^1]));

        // The second is north and east of the first.
        var places = pins.Select(p => p.QuerySelector("circle")!)
            .Select(c => (X: Number(c.GetAttribute("cx")), Y: Number(c.GetAttribute("cy")))).ToList();
        Assert.True(places[1].X > places[0].X && places[1].Y < places[0].Y);
        Assert.Equal(3, visitor.Page.QuerySelectorAll("tbody tr").Length);
        Assert.Equal(1, visitor.Page.QuerySelectorAll("tbody .state-ok").Length);
    }

    [Fact]
    public async Task Gateway_ShowsItsDaysFramesAndEvents()
    {
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync($"/gateways/{FakeApi.GatewayId}");

        Assert.Equal(5, visitor.Page.QuerySelectorAll(".chart circle").Length);
        Assert.Equal(2, visitor.Page.QuerySelectorAll(".timeline li").Length);
        Assert.Contains("-97 dBm · 7.5 dB", visitor.Html, StringComparison.Ordinal);
        Assert.Contains("868.1 MHz", visitor.Html, StringComparison.Ordinal);
        Assert.Single(visitor.Page.QuerySelectorAll($"a[href='/devices/{FakeApi.LoRaWan}']"));
        Assert.Contains("868.0–868.6 MHz", visitor.Html, StringComparison.Ordinal);
        Assert.Contains("2,5", visitor.Page.QuerySelector("section[aria-labelledby=duty-title] td.num")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("8e3c", visitor.Page.QuerySelectorAll(".network-events pre")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_OfLoRaWan_ShowsItsSignalAndWhatTheNetworkTold()
    {
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync($"/devices/{FakeApi.LoRaWan}");
        Assert.Single(visitor.Page.QuerySelectorAll($"a[href='/devices/{FakeApi.LoRaWan}/network']"));
        Assert.Empty(visitor.Page.QuerySelectorAll("#call-title")); // it has no key, and calls nobody
        await visitor.OpenAsync($"/devices/{FakeApi.LoRaWan}/network");

        Assert.Equal(3, visitor.Page.QuerySelectorAll("svg.chart").Length);
        Assert.All(visitor.Page.QuerySelectorAll("svg.chart"), c => Assert.Equal(6, c.QuerySelectorAll("circle").Length));
        Assert.Equal(3, visitor.Page.QuerySelectorAll(".network-events li").Length);
    }

    [Fact]
    public async Task Gateways_WhenThereAreNone_SaySo()
    {
        _api.IsEmpty = true;
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync("/gateways");

        Assert.Empty(visitor.Page.QuerySelectorAll("table, .gateway-map"));
        Assert.Single(visitor.Page.QuerySelectorAll("h1"));
    }

    private static double Number(string? text) => double.Parse(text!, CultureInfo.InvariantCulture);

    private async Task<Visitor> SignedInAsync()
    {
        var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        return visitor;
    }
}
