using Microsoft.Playwright;

namespace OS2iot.BrowserTests;

internal static class PageExtensions
{
    public static async Task SignInAsync(this IPage page, string email, string password)
    {
        await page.GotoAsync("/sign-in");
        await page.FillAsync("input[type=email]", email);
        await page.FillAsync("input[type=password]", password);
        await page.ClickAsync("main form button");
        await page.WaitForURLAsync("**/applications*");
    }
}
