using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Components;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Preferences;

/// <summary>Remembers language and theme in the browser and goes back to where the user was.</summary>
[AllowAnonymous]
internal sealed class IndexModel : PageModel
{
    public IActionResult OnGet() => LocalRedirect("/applications");

    public IActionResult OnPost(string? language, string? theme, string? list, string[]? columns, string? returnUrl)
    {
        var options = Frame.Preferences.CookieOptions(HttpContext);
        if (language is not null && LanguageExtensions.Cultures.Contains(language))
        {
            Response.Cookies.Append(LanguageExtensions.Cookie, CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language)), options);
        }

        if (theme is not null && Frame.Preferences.Themes.Contains(theme))
        {
            Response.Cookies.Append(Frame.Preferences.ThemeCookie, theme, options);
        }

        if (list is not null)
        {
            ListColumns.Remember(HttpContext, list, columns ?? []);
        }

        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl! : "/applications");
    }
}
