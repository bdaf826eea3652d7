using System.Text.Encodings.Web;
using System.Text.Json;
using OS2iot.Core.Devices;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>What a script learns about the device: what people wrote about it, and nothing that opens a door.</summary>
public sealed record DecoderMetadata
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required int Id { get; init; }

    public required string Name { get; init; }

    public required DeviceType Type { get; init; }

    /// <summary>Degrees; told together with <see cref="Longitude"/> as a GeoJSON point.</summary>
    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    public string? CommentOnLocation { get; init; }

    public string? Comment { get; init; }

    /// <summary>A JSON object as text, as the user sent it.</summary>
    public string? Metadata { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required int ApplicationId { get; init; }

    public required string ApplicationName { get; init; }

    /// <summary>JSON in UTF-8 for <see cref="DecoderInput.Metadata"/>.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            Id,
            CreatedAt,
            UpdatedAt,
            Name,
            Type = Type.ToWire(),
            Location = Latitude is { } latitude && Longitude is { } longitude
                ? new { Type = "Point", Coordinates = new[] { longitude, latitude } }
                : null,
            CommentOnLocation,
            Comment,
            Metadata,
            Application = new { Id = ApplicationId, Name = ApplicationName },
        },
        Json);
}
