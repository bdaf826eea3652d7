using Microsoft.Playwright;

namespace OS2iot.BrowserTests;

/// <summary>The machine's Chromium, once for all tests of a class. Each visit has cookies of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright _playwright = null!;

    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        List<string> args = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
        if (Environment.UserName == "root")
        {
            args.Add("--no-sandbox"); // Chromium refuses to run as root otherwise
        }

        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("OS2IOT_CHROMIUM") is { Length: > 0 } path ? path : "/usr/bin/chromium",
            Args = args,
            Timeout = 30_000,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    /// <param name="portal">Where relative addresses lead.</param>
    /// <param name="theme">What the device prefers.</param>
    /// <param name="script">Whether pages may run script.</param>
    /// <param name="phone">A narrow screen.</param>
    public async Task<IPage> VisitAsync(Uri portal, ColorScheme theme = ColorScheme.Light, bool script = true, bool phone = false)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = portal.ToString(),
            ColorScheme = theme,
            JavaScriptEnabled = script,
            Locale = "da-DK",
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1360, Height = 900 },
        });
        context.SetDefaultTimeout(15_000);
        return await context.NewPageAsync();
    }
}
