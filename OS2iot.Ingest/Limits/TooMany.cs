using System.Globalization;
using OS2iot.Ingest.Answers;

namespace OS2iot.Ingest.Limits;

/// <summary>The answer to who sends too much: 429, and when to come back.</summary>
internal static class TooMany
{
    private static readonly Answer Text = new(
        StatusCodes.Status429TooManyRequests, "Too many messages. Send it again later.", "Too Many Requests");

    public static Task WriteAsync(HttpContext context, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Text.WriteAsync(context);
    }
}
