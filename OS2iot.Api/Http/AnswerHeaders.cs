using OS2iot.ServiceDefaults;

namespace OS2iot.Api.Http;

/// <summary>Headers of every answer. What was written is for the caller alone, and so is every refusal.</summary>
internal sealed class AnswerHeaders(RequestDelegate next)
{
    // Clients know this word on these answers, though it means nothing to a cache.
    private static readonly (string Folder, string[] Verbs)[] SayingNone =
    [
        ("application", ["POST", "PUT"]),
        ("iot-device", ["POST", "PUT"]),
        ("payload-decoder", ["POST", "PUT"]),
        ("device-model", ["POST", "PUT", "DELETE"]),
        ("data-target", ["PUT"]),
        ("multicast", ["POST", "PUT"]),
    ];

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(Complete, context);
        return next(context);
    }

    private static Task Complete(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        // All but the page that shows the description of the API, which has script.
        if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true)
        {
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        }

        var isError = context.Response.StatusCode >= StatusCodes.Status400BadRequest;
        if (isError || (headers.CacheControl.Count == 0 && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsOptions(context.Request.Method)))
        {
            headers.CacheControl = !isError && SaysNone(context) ? "none" : "no-store";
        }

        return Task.CompletedTask;
    }

    private static bool SaysNone(HttpContext context)
    {
        var path = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.Trim('/') ?? "";
        return path.Split('/') is [_, _, var folder, ..] && path.StartsWith(EndpointsExtensions.RoutePrefix, StringComparison.Ordinal)
            && SayingNone.Any(w => w.Folder == folder && w.Verbs.Contains(context.Request.Method));
    }
}
