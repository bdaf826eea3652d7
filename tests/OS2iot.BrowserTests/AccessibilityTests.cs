using System.Text.Json;
using Microsoft.Playwright;
using OS2iot.Tests.Portal;

namespace OS2iot.BrowserTests;

/// <summary>Every page in both themes, judged by axe-core. With OS2IOT_SCREENSHOTS set to a folder, pictures are left there.</summary>
public sealed class AccessibilityTests(Browser browser, PortalWithFakeApi portal) : IClassFixture<Browser>, IClassFixture<PortalWithFakeApi>
{
    private static readonly string[] Anonymous = ["/sign-in", "/sign-in/forgotten-password", "/sign-in/new-password?token=x", "/error"];

    private static readonly string? Screenshots = Environment.GetEnvironmentVariable("OS2IOT_SCREENSHOTS");

    [Theory]
    [InlineData(ColorScheme.Light, false)]
    [InlineData(ColorScheme.Dark, false)]
    [InlineData(ColorScheme.Light, true)]
    [InlineData(ColorScheme.Dark, true)]
    public async Task Pages_WhenJudgedByAxe_HaveNoViolationAndNothingOutOfSight(ColorScheme theme, bool phone)
    {
        var page = await browser.VisitAsync(portal.Address, theme, phone: phone);
        var complaints = new List<string>();
        page.Console += (_, message) => Complain(message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal), message.Text);
        foreach (var path in Anonymous)
        {
            await JudgeAsync(path);
        }

        await page.SignInAsync(FakeApi.Email, FakeApi.Password);
        foreach (var path in Addresses.SignedIn)
        {
            await JudgeAsync(path);
        }

        await page.ClickAsync(".user-button");
        await JudgeOpenPageAsync("user menu");
        await page.Context.CloseAsync();
        Assert.True(complaints.Count == 0, string.Join('\n', complaints));

        async Task JudgeAsync(string path)
        {
            await page.GotoAsync(path);
            await JudgeOpenPageAsync(path);
        }

        async Task JudgeOpenPageAsync(string path)
        {
            await SaveAsync(page, path, theme, phone);
            complaints.AddRange((await ViolationsAsync(page)).Select(v => $"{path} {theme}: {v}"));
            Complain(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), $"{path} is wider than the screen (phone: {phone})");
        }

        void Complain(bool isWrong, string text)
        {
            if (isWrong)
            {
                complaints.Add(text);
            }
        }
    }

    private static async Task<IEnumerable<string>> ViolationsAsync(IPage page)
    {
        // Evaluated by the debugger's protocol, which the page's own policy does not bind.
        await page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "axe.min.js"), TestContext.Current.CancellationToken));
        var found = await page.EvaluateAsync<JsonElement>(
            "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
            + ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary).join('; '))");
        return found.EnumerateArray().Select(v => v.GetString()!);
    }

    private static async Task SaveAsync(IPage page, string path, ColorScheme theme, bool phone)
    {
        if (Screenshots is { Length: > 0 })
        {
            var name = string.Join('-', path.Split('/', '?', '=', ' ').Where(p => p.Length > 0));
            await page.ScreenshotAsync(new PageScreenshotOptions
            {
                Path = Path.Combine(Screenshots, $"{name}.{theme}{(phone ? ".phone" : "")}.png".ToLowerInvariant()),
                FullPage = true,
            });
        }
    }
}
