namespace OS2iot.Portal.Frame;

/// <summary>What a browser remembers of its user's taste.</summary>
internal static class Preferences
{
    public const string ThemeCookie = "os2iot.theme";

    public static readonly string[] Themes = ["light", "dark", "auto"];

    public static string ThemeOf(HttpContext http) =>
        http.Request.Cookies[ThemeCookie] is { } theme && Themes.Contains(theme) ? theme : "auto";

    public static CookieOptions CookieOptions(HttpContext http) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        MaxAge = TimeSpan.FromDays(365),
        IsEssential = true,
    };
}
