using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Filters;
using OS2iot.Portal.Auth;

namespace OS2iot.Portal.Frame;

/// <summary>Asks before each page who the user is now, so that changed rights are seen at once.</summary>
internal sealed class FrameFilter(SessionClient session, PageFrame frame) : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null)
        {
            var asked = Number(http.Request.Query["organization"]);
            frame.Begin(await session.MeAsync(http.RequestAborted), asked ?? Number(http.Request.Cookies[PageFrame.OrganizationCookie]));
            if (asked is not null && frame.Organization?.Id == asked)
            {
                http.Response.Cookies.Append(PageFrame.OrganizationCookie, asked.Value.ToString(CultureInfo.InvariantCulture), Preferences.CookieOptions(http));
            }
        }

        await next();
    }

    private static int? Number(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
