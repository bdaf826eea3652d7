using System.Text.RegularExpressions;
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

        // Not WaitForURLAsync: where the page is there already it waits for a load event that can pass unseen in the same moment.
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/applications"), new() { Timeout = 15_000 });
    }
}
