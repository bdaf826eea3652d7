using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.WebEncoders;

namespace OS2iot.Portal.Language;

internal static class LanguageExtensions
{
    public const string Cookie = "os2iot.language";

    /// <summary>The first is the default.</summary>
    public static readonly string[] Cultures = ["da", "en"];

    /// <summary>Danish unless a cookie, set by the switch in the top bar, or the browser asks for English.</summary>
    public static void AddLanguages(this IHostApplicationBuilder builder)
    {
        builder.Services.Configure<RequestLocalizationOptions>(options =>
        {
            options.SetDefaultCulture(Cultures[0]).AddSupportedCultures(Cultures).AddSupportedUICultures(Cultures);
            options.RequestCultureProviders =
            [
                new CookieRequestCultureProvider { CookieName = Cookie },
                new AcceptLanguageHeaderRequestCultureProvider(),
            ];
        });

        // Danish letters as they are; what has a meaning in HTML is encoded all the same.
        builder.Services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
    }
}
