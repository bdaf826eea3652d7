using Microsoft.AspNetCore.Authentication;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Frame;

/// <summary>A session that the Api ended goes back to sign-in, and from there to where it was.</summary>
internal sealed class SignedOutRedirect(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (SignedOutException) when (!context.Response.HasStarted)
        {
            await context.SignOutAsync();
            if (context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.Ordinal))
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            var here = context.Request.PathBase + context.Request.Path + context.Request.QueryString;
            context.Response.Redirect($"{context.Request.PathBase}/sign-in?expired=true&returnUrl={Uri.EscapeDataString(here)}");
        }
    }
}
