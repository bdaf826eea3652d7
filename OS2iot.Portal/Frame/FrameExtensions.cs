using System.Net;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Frame;

internal static class FrameExtensions
{
    private static readonly string[] Compressed = ["text/css", "text/javascript", "image/svg+xml"];

    public static void AddFrame(this IHostApplicationBuilder builder)
    {
        builder.Services.AddScoped<PageFrame>();
        builder.Services.AddScoped<FrameFilter>();
        builder.Services.AddSingleton<Clock>();

        // Assets only: a compressed page beside a secret would tell its length.
        builder.Services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = Compressed;
        });
        builder.Services.AddExceptionHandler(options =>
        {
            options.ExceptionHandlingPath = "/error";
            options.CreateScopeForErrors = true;
            options.AllowStatusCode404Response = true;
            options.StatusCodeSelector = exception => (int)StatusOf(exception);
            options.SuppressDiagnosticsCallback = context => context.Exception is MissingException or ForbiddenException;
        });
    }

    public static void UseFrame(this WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseRequestLocalization();
        app.UseExceptionHandler();
        app.UseStatusCodePagesWithReExecute("/error", "?status={0}");
        app.UseResponseCompression();
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl =
                file.Context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache",
        });
        app.UseRouting();
        app.UseMiddleware<SignedOutRedirect>();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    private static HttpStatusCode StatusOf(Exception exception) => exception switch
    {
        MissingException => HttpStatusCode.NotFound,
        ForbiddenException => HttpStatusCode.Forbidden,
        ApiAwayException => HttpStatusCode.ServiceUnavailable,
        _ => HttpStatusCode.InternalServerError,
    };
}
