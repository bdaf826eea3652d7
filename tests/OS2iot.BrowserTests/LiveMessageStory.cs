using System.Net;
using System.Net.Http.Json;
using Microsoft.Playwright;

namespace OS2iot.BrowserTests;

/// <summary>From a device's request to the open page, through everything between. Inherit it with a system that runs.</summary>
public abstract class LiveMessageStory(Browser browser, RunningSystem system) : IClassFixture<Browser>
{
    [Fact]
    public async Task Message_WhenADevicePosts_AppearsOnTheOpenPageWithoutReloading()
    {
        var ct = TestContext.Current.CancellationToken;
        var (id, key) = await system.ADeviceAsync(ct);
        var page = await browser.VisitAsync(system.Portal);
        await page.SignInAsync(system.Administrator.Email, system.Administrator.Password);
        await page.GotoAsync($"/devices/{id}");
        await page.WaitForSelectorAsync("[data-live-state=live]");
        await page.EvaluateAsync("window.notReloaded = true");

        using var http = new HttpClient { BaseAddress = system.Ingest, Timeout = TimeSpan.FromSeconds(10) };
        var marker = Guid.NewGuid().ToString("N");
        using var answer = await http.PostAsJsonAsync($"/api/v1/receive-data?apiKey={key}", new { marker }, ct);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);

        var card = page.Locator($"[data-message]:has-text('{marker}')");
        await Assertions.Expect(card).ToBeVisibleAsync();
        await Assertions.Expect(card.Locator(".state-ok").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.Equal(1, await card.CountAsync());
        Assert.True(await page.EvaluateAsync<bool>("window.notReloaded === true"));
        await page.Context.CloseAsync();
    }
}
