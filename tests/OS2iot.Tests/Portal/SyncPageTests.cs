using System.Net;

namespace OS2iot.Tests.Portal;

public sealed class SyncPageTests : IAsyncLifetime
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
    public async Task Systems_ShowWhatDiffersAndWhatWaits()
    {
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync("/sync");

        var cards = visitor.Page.QuerySelectorAll("main section.card").ToList();
        Assert.Equal(2, cards.Count);
        Assert.Single(cards[0].QuerySelectorAll(".state-dead"));
        Assert.Equal(["a84041000181c001", FakeApi.GatewayId], cards[0].QuerySelectorAll("tbody code").Select(c => c.TextContent));
        Assert.Single(cards[0].QuerySelectorAll("a[href='/sync/chirpstack']"));
        Assert.Single(cards[1].QuerySelectorAll(".state-ok"));
        Assert.Empty(cards[1].QuerySelectorAll("table, a"));
    }

    [Fact]
    public async Task Changes_ShowWhyOneWasRefused()
    {
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync("/sync/chirpstack");

        Assert.Equal(2, visitor.Page.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("Invalid DevEUI", visitor.Page.QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        Assert.Single(visitor.Page.QuerySelectorAll("a[rel=next]"));
    }

    [Fact]
    public async Task Compare_WhenAsked_ReachesTheApi()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/sync");

        await visitor.SubmitAsync("main section.card form");

        Assert.Contains("POST /api/v1/sync/chirpstack/reconcile", _api.Requests);
        Assert.Equal(HttpStatusCode.Found, visitor.Answer.StatusCode);
        await visitor.OpenAsync("/sync");
        Assert.Single(visitor.Page.QuerySelectorAll(".notice-ok"));
    }

    [Fact]
    public async Task Systems_WhenNotForOne_AreNotShown()
    {
        _api.IsGlobalAdmin = false;
        using var visitor = await SignedInAsync();

        Assert.Empty(visitor.Page.QuerySelectorAll("a[href='/sync']"));
        foreach (var path in (string[])["/sync", "/sync/chirpstack"])
        {
            await visitor.OpenAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, visitor.Answer.StatusCode);
        }
    }

    private async Task<Visitor> SignedInAsync()
    {
        var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        return visitor;
    }
}
