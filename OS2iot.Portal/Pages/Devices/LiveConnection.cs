using OS2iot.Portal.Api;
using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>How the connection to somebody else's broker stands now, as the piece of the page that shows it.</summary>
internal static class LiveConnection
{
    public static void MapLiveConnection(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/devices/{id:int}/connection", ShowAsync).RequireAuthorization();

    private static async Task<IResult> ShowAsync(int id, HttpContext http, DeviceClient devices, PartialRenderer renderer, CancellationToken ct)
    {
        var device = await devices.GetAsync(id, ct);
        http.Response.Headers.CacheControl = "no-store";
        return device.MqttExternalBrokerSettings is { } settings
            ? Results.Content(await renderer.RenderAsync(http, "/Pages/Devices/_MqttState.cshtml", settings), "text/html; charset=utf-8")
            : throw new MissingException();
    }
}
