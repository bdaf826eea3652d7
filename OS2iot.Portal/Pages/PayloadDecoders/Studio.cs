using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Devices;

namespace OS2iot.Portal.Pages.PayloadDecoders;

/// <summary>What the decoder studio asks for while somebody types: samples from a device, and what a script makes of one.</summary>
internal static class Studio
{
    private const int Samples = 10;

    private const int MostBytes = 1_000_000;

    public static void MapStudio(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/payload-decoders/studio/samples/{device:int}", SamplesAsync).RequireAuthorization();
        routes.MapPost("/payload-decoders/studio/test", TestAsync).RequireAuthorization();
    }

    private static async Task<IResult> SamplesAsync(int device, DeviceClient devices, Clock clock, CancellationToken ct)
    {
        var messages = devices.MessagesAsync(device, null, Samples, ct);
        var about = await devices.GetAsync(device, ct);
        return Results.Json(new
        {
            metadata = Metadata(about),
            samples = (await messages).Data.Select(m => new { receivedAt = clock.Exact(m.ReceivedAt), payload = Message.Pretty(m.Raw) }),
        });
    }

    private static async Task<IResult> TestAsync(HttpContext http, IAntiforgery antiforgery, PayloadDecoderClient decoders, CancellationToken ct)
    {
        if (http.Request.ContentLength is not <= MostBytes || !await antiforgery.IsRequestValidAsync(http))
        {
            return Results.BadRequest();
        }

        var trial = await http.Request.ReadFromJsonAsync<Trial>(JsonSerializerOptions.Web, ct);
        return trial is { Code: not null, Payload: not null, Metadata: not null }
            ? Results.Json(await decoders.TestAsync(trial, ct))
            : Results.BadRequest();
    }

    // What a decoder may know about a device; keys and passwords are not among it.
    private static string Metadata(Device device) => JsonSerializer.Serialize(
        new { device.Id, device.Name, device.Type, device.Comment, device.CommentOnLocation, device.Location, device.Metadata }, JsonSerializerOptions.Web);
}

/// <summary>A script to try.</summary>
internal sealed record Trial(string Code, string Payload, string Metadata);

/// <summary>What came of it: a result, or why there is none.</summary>
internal sealed record TrialResult(string? Output, string? Error);
