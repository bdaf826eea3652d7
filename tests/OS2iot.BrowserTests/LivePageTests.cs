using Microsoft.Playwright;
using OS2iot.Tests.Portal;

namespace OS2iot.BrowserTests;

public sealed class LivePageTests(Browser browser, PortalWithFakeApi portal) : IClassFixture<Browser>, IClassFixture<PortalWithFakeApi>
{
    [Fact]
    public async Task Message_WhenItArrives_IsInsertedOnceAndReplacedWhenItChanges()
    {
        var page = await OpenDeviceAsync();
        var id = Guid.NewGuid();
        portal.Api.Push(portal.Api.Message(id, DateTimeOffset.UtcNow, "pending"));
        var card = page.Locator($"#m-{id}");
        await Assertions.Expect(card).ToBeVisibleAsync();
        await Assertions.Expect(card.Locator(".state-wait").First).ToBeVisibleAsync();
        Assert.Equal(id.ToString(), await page.Locator("[data-message]").First.GetAttributeAsync("data-message"));
        await Assertions.Expect(page.Locator("[data-live-announce]")).ToHaveTextAsync("Ny besked modtaget");

        portal.Api.Push(portal.Api.Message(id, DateTimeOffset.UtcNow, "delivered"));
        await Assertions.Expect(card.Locator(".state-wait")).ToHaveCountAsync(0);
        await Assertions.Expect(card.Locator(".state-ok").First).ToBeVisibleAsync();
        Assert.Equal(1, await card.CountAsync());
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task List_WhenMoreThanFiftyArrive_KeepsTheNewestFifty()
    {
        var page = await OpenDeviceAsync();
        var now = DateTimeOffset.UtcNow;
        for (var i = 0; i < 60; i++)
        {
            portal.Api.Push(portal.Api.Message(Guid.NewGuid(), now.AddSeconds(i)));
        }

        // The newest last: there are fifty from the moment the list is full, while others still come.
        var newest = now.AddSeconds(59).ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await Assertions.Expect(page.Locator("[data-message]").First).ToHaveAttributeAsync("data-received", newest);
        await Assertions.Expect(page.Locator("[data-message]")).ToHaveCountAsync(50);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Stream_WhenPaused_SaysSoAndGoesOnWhenAsked()
    {
        var page = await OpenDeviceAsync();
        await page.ClickAsync("[data-live-toggle]");
        await page.WaitForSelectorAsync("[data-live-state=paused]");
        await page.ClickAsync("[data-live-toggle]");
        await page.WaitForSelectorAsync("[data-live-state=live]");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task NetworkEvents_WhenOneComes_AppearsAndLeavesOpenWhatIsOpen()
    {
        var page = await browser.VisitAsync(portal.Address);
        await page.SignInAsync(FakeApi.Email, FakeApi.Password);
        await page.GotoAsync($"/devices/{FakeApi.LoRaWan}/network");
        var events = page.Locator(".network-events li");
        await Assertions.Expect(events).ToHaveCountAsync(3);
        await page.ClickAsync(".network-events li:nth-child(2) summary");
        await page.EvaluateAsync("document.activeElement.blur()");

        portal.Api.DeviceEvents.Insert(0, "log");

        await Assertions.Expect(events).ToHaveCountAsync(4, new() { Timeout = 20_000 });
        await Assertions.Expect(events.Nth(2).Locator("details")).ToHaveAttributeAsync("open", "");
        await Assertions.Expect(events.Nth(0).Locator("details")).Not.ToHaveAttributeAsync("open", "");
        portal.Api.DeviceEvents.RemoveAt(0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Import_WhenAFileIsSent_ShowsProgressFailuresAndAResultFile()
    {
        var page = await browser.VisitAsync(portal.Address);
        await page.SignInAsync(FakeApi.Email, FakeApi.Password);
        await page.GotoAsync("/applications/1/devices/import");
        var csv = "name,type\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"Enhed {i}{(i == 42 ? " refused" : "")},GENERIC_HTTP\n"));
        await page.SetInputFilesAsync("#file", new FilePayload { Name = "enheder.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(csv) });

        await page.ClickAsync("button:not([data-run])[formaction]");
        await Assertions.Expect(page.Locator("#import-result tbody tr")).ToHaveCountAsync(60);
        await page.ClickAsync("[data-run]");

        await Assertions.Expect(page.Locator("[data-import-progress] [role=status]")).ToHaveTextAsync("59 af 60 rækker er gemt, 1 fejlede.");
        await Assertions.Expect(page.Locator("[data-import-failures] tbody th")).ToHaveTextAsync(["Enhed 42 refused"]);
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("[data-import-download]"));
        var result = await File.ReadAllLinesAsync((await download.PathAsync())!, TestContext.Current.CancellationToken);
        Assert.Equal(61, result.Length);
        Assert.StartsWith("44,Enhed 42 refused,", result[43], StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Page_WhenScriptIsOff_StillSignsInAndLeafsThroughMessages()
    {
        var page = await browser.VisitAsync(portal.Address, script: false);
        await page.SignInAsync(FakeApi.Email, FakeApi.Password);
        await page.GotoAsync("/devices/1");
        await Assertions.Expect(page.Locator("[data-message]")).ToHaveCountAsync(5);
        await Assertions.Expect(page.Locator("[data-live-fallback]")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("[data-live-toggle]")).ToBeHiddenAsync();
        await page.ClickAsync(".older a");
        await Assertions.Expect(page.Locator("#messages-title")).ToHaveTextAsync("Ældre beskeder");
        await page.Context.CloseAsync();
    }

    private async Task<IPage> OpenDeviceAsync()
    {
        var page = await browser.VisitAsync(portal.Address);
        await page.SignInAsync(FakeApi.Email, FakeApi.Password);
        await page.GotoAsync("/devices/1");
        await page.WaitForSelectorAsync("[data-live-state=live]");
        return page;
    }
}
