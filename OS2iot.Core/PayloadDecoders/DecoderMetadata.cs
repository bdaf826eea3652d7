using System.Text.Encodings.Web;
using System.Text.Json;
using OS2iot.Core.Devices;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>What a script learns about the device: what people wrote about it, and nothing that opens a door.</summary>
public static class DecoderMetadata
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON in UTF-8 for <see cref="DecoderInput.Metadata"/>; the application is told if it is loaded.</summary>
    public static byte[] Describe(Device device) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            device.Id,
            device.CreatedAt,
            device.UpdatedAt,
            device.Name,
            Type = device.Type.ToWire(),
            Location = device is { Latitude: { } latitude, Longitude: { } longitude }
                ? new { Type = "Point", Coordinates = new[] { longitude, latitude } }
                : null,
            device.CommentOnLocation,
            device.Comment,
            device.Metadata,
            Application = device.Application is { } application ? new { application.Id, application.Name } : null,
        },
        Json);
}
