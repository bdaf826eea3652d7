using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Auth;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Devices;
using OS2iot.Portal.Pages.PayloadDecoders;

namespace OS2iot.Portal.Pages;

internal static class PagesExtensions
{
    public static void AddPages(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<IngestOptions>().BindConfiguration(IngestOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<PartialRenderer>();
        builder.Services.AddRazorPages(options => options.Conventions.ConfigureFilter(new ServiceFilterAttribute(typeof(FrameFilter))))
            .AddMvcOptions(options => options.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true);
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "os2iot.form";
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.SuppressXFrameOptionsHeader = true; // set for every answer, by the frame
        });
        builder.Services.Configure<CookieTempDataProviderOptions>(options =>
        {
            options.Cookie.Name = "os2iot.notice";
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapLiveMessages();
        app.MapProviderLogout();
        app.MapLiveConnection();
        app.MapStudio();
        app.MapGet("/", () => Results.LocalRedirect("/applications")).AllowAnonymous();
    }
}
