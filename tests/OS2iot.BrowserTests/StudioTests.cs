using Microsoft.Playwright;
using OS2iot.Tests.Portal;

namespace OS2iot.BrowserTests;

public sealed class StudioTests(Browser browser, PortalWithFakeApi portal) : IClassFixture<Browser>, IClassFixture<PortalWithFakeApi>
{
    [Fact]
    public async Task Studio_WhenTypedIn_ShowsResultThenErrorAndSavesWhatWasTyped()
    {
        var page = await browser.VisitAsync(portal.Address);
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add(message.Text);
            }
        };
        await page.SignInAsync(FakeApi.Email, FakeApi.Password);
        await page.GotoAsync("/payload-decoders/1/edit");
        await page.WaitForSelectorAsync("form[data-editor=ready]");
        await Assertions.Expect(page.Locator("[data-studio-input]")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("level_mm"));
        await Assertions.Expect(page.Locator("[data-studio-output]")).ToContainTextAsync("waterLevel");
        Assert.Empty(complaints); // the policy let the editor have its styles

        await page.Locator(".cm-content").ClickAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("oops");
        await Assertions.Expect(page.Locator("[data-studio-output]")).ToContainTextAsync("ReferenceError");
        await Assertions.Expect(page.Locator("[data-studio]")).ToHaveAttributeAsync("data-state", "failed");

        await page.ClickAsync("main form .btn-primary");
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/payload-decoders/1$"));
        Assert.Contains(portal.Api.Bodies, b => b.Body?["decodingFunction"]?.ToString() == "\"oops\"");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Studio_WhenOnAPhone_FitsTheScreen()
    {
        var page = await browser.VisitAsync(portal.Address, phone: true);
        await page.SignInAsync(FakeApi.Email, FakeApi.Password);
        await page.GotoAsync("/payload-decoders/new");
        await page.WaitForSelectorAsync("form[data-editor=ready]");
        await Assertions.Expect(page.Locator(".cm-content")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Search_WhenReachedByKeys_SuggestsAndLeadsThere()
    {
        var page = await browser.VisitAsync(portal.Address);
        await page.SignInAsync(FakeApi.Email, FakeApi.Password);
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("havn");
        await Assertions.Expect(page.Locator("[data-suggestions] a").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/devices/1$"));
        await page.Context.CloseAsync();
    }
}
