using Microsoft.AspNetCore.Mvc.RazorPages;

namespace OS2iot.Portal.Components;

/// <summary>One sentence on the next page that says what was done.</summary>
internal static class Notice
{
    public const string Key = "notice";

    public static void Say(this PageModel page, string text) => page.TempData[Key] = text;
}
