using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace OS2iot.BrowserTests;

/// <summary>To the identity provider, which the simulator plays, and back; out again from either side.</summary>
[Collection(WholeSystemCollection.Name)]
public sealed partial class SignInTests(Browser browser, WholeSystem system) : IClassFixture<Browser>
{
    [Fact]
    public async Task SignIn_WhenNewAtTheProvider_AsksWhereToBelongAndSignsOutThereToo()
    {
        await system.ADeviceAsync(TestContext.Current.CancellationToken); // and an organization to ask
        var page = await browser.VisitAsync(system.Portal);
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.AddRange(message.Type == "error" ? [$"{message.Text} {message.Location}"] : []);

        await ToProviderAndBackAsync(page, "anna");
        await page.FillAsync("input[type=email]", $"{Guid.NewGuid():N}@skovby.example");
        await page.CheckAsync("input[name=Organizations] >> nth=0");
        await page.ClickAsync("main form button");
        await page.WaitForURLAsync("**/applications*");
        await Assertions.Expect(page.Locator(".notice-ok")).ToBeVisibleAsync();

        await page.ClickAsync(".user-button");
        await Assertions.Expect(page.Locator("#user-menu")).ToContainTextAsync("Anna");
        await page.ClickAsync("form[action='/sign-out'] button");
        await page.WaitForURLAsync("**/sign-in?signedOut=true");
        Assert.Empty(complaints);

        await page.GotoAsync("/applications");
        await page.WaitForURLAsync("**/sign-in?returnUrl=*");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Session_WhenEndedAtTheProvider_EndsInTheBrowser()
    {
        var ct = TestContext.Current.CancellationToken;
        var page = await browser.VisitAsync(system.Portal);
        await ToProviderAndBackAsync(page, "bo");
        await page.GotoAsync("/account");
        Assert.Equal(1, await page.Locator("#sessions li").CountAsync());

        var sessions = await system.Simulator.GetFromJsonAsync<JsonElement>("/identity-provider/sessions", ct);
        var sid = sessions.EnumerateArray().Single(s => s.GetProperty("subject").GetString()!.EndsWith("0002", StringComparison.Ordinal)).GetProperty("sid").GetString();
        using var ended = await system.Simulator.DeleteAsync($"/identity-provider/sessions/{sid}", ct);
        Assert.True(ended.IsSuccessStatusCode, $"{(int)ended.StatusCode}");

        await page.GotoAsync("/account");
        await page.WaitForURLAsync("**/sign-in?expired=true*");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task SignIn_WhenTheRoleIsMissing_SaysSo()
    {
        var page = await browser.VisitAsync(system.Portal);
        await page.GotoAsync("/sign-in");
        await page.ClickAsync("#external");
        await page.ClickAsync("#eva");
        await page.WaitForURLAsync("**/sign-in?failure=role");
        await Assertions.Expect(page.Locator("[role=status]")).ToBeVisibleAsync();
        await page.Context.CloseAsync();
    }

    private static async Task ToProviderAndBackAsync(IPage page, string user)
    {
        await page.GotoAsync("/sign-in");
        await page.ClickAsync("#external");
        await page.ClickAsync($"#{user}");
        await page.WaitForURLAsync(Access());
    }

    [GeneratedRegex("/access$")]
    private static partial Regex Access();
}
