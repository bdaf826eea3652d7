using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>How far a job is now, as the piece of the page that shows it.</summary>
internal static class SigfoxJobState
{
    public static void MapSigfoxJobState(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/sigfox/jobs/{id:int}/state", ShowAsync).RequireAuthorization();

    private static async Task<IResult> ShowAsync(int id, HttpContext http, SigfoxClient sigfox, PartialRenderer renderer, CancellationToken ct)
    {
        var job = await sigfox.JobAsync(id, ct);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Content(await renderer.RenderAsync(http, "/Pages/Sigfox/_JobProgress.cshtml", job), "text/html; charset=utf-8");
    }
}
