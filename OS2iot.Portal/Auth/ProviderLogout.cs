using OS2iot.Portal.Api;

namespace OS2iot.Portal.Auth;

/// <summary>
/// Where the identity provider tells that a session ended there. The portal remembers no sessions: it passes that on to the Api, which ends
/// its own, and every portal hears of it with the next page.
/// </summary>
internal static class ProviderLogout
{
    private const int LongestToken = 64 * 1024;

    public static void MapProviderLogout(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/oidc/backchannel-logout", BackChannelAsync).AllowAnonymous().DisableAntiforgery();
        routes.MapGet("/oidc/frontchannel-logout", FrontChannelAsync).AllowAnonymous();
    }

    private static async Task<IResult> BackChannelAsync(HttpContext http, SessionClient session)
    {
        if (!http.Request.HasFormContentType || http.Request.ContentLength is not (> 0 and <= LongestToken))
        {
            return Results.BadRequest();
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return await AnswerAsync(() => session.EndExternalAsync(form["logout_token"].ToString(), http.RequestAborted));
    }

    private static async Task<IResult> FrontChannelAsync(string? iss, string? sid, SessionClient session, CancellationToken ct) =>
        iss is { Length: > 0 and < 1000 } && sid is { Length: > 0 and <= 200 } ? await AnswerAsync(() => session.EndExternalAsync(iss, sid, ct)) : Results.BadRequest();

    private static async Task<IResult> AnswerAsync(Func<Task<bool>> end)
    {
        try
        {
            return await end() ? Results.Ok() : Results.BadRequest();
        }
        catch (ApiAwayException)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable); // the provider tries again
        }
    }
}
