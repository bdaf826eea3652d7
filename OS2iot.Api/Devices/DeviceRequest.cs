using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Devices;

/// <summary>What a new device and a changed one have in common.</summary>
internal class DeviceRequest
{
    protected static readonly KeyValuePair<string, Field>[] Fields =
    [
        new("name", Is.Text().Length(1, Device.NameMaxLength)),
        new("type", Is.OneOf(DeviceTypes.WireValues)),
        new("applicationId", Is.Id()),
        new("longitude", Is.Number().AtLeast(-180).NotAbove(180).Optional()),
        new("latitude", Is.Number().AtLeast(-90).NotAbove(90).Optional()),
        new("commentOnLocation", Is.Text().AtMost(Device.CommentMaxLength).Optional()),
        new("comment", Is.Text().AtMost(Device.CommentMaxLength).Optional()),
        new("metadata", DeviceMetadata.Field().Optional()),
        new("deviceModelId", Is.Integer().Optional()),
    ];

    public string Name { get; init; } = "";

    public string Type { get; init; } = "";

    public int ApplicationId { get; init; }

    /// <summary>Only together with <see cref="Latitude"/>; otherwise the device has no place, also when it had one.</summary>
    public double? Longitude { get; init; }

    public double? Latitude { get; init; }

    public Optional<string?> CommentOnLocation { get; init; }

    public Optional<string?> Comment { get; init; }

    public Optional<string?> Metadata { get; init; }

    /// <summary>A model of the application's organization. Absent or null leaves it as it is.</summary>
    public int? DeviceModelId { get; init; }

    /// <summary>Everything else, among it what the device's network needs: <c>lorawanSettings</c> and its likes.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Members { get; init; } = [];

    /// <summary>A network's settings; null where there are none.</summary>
    /// <exception cref="Refusal">They are not what they should be.</exception>
    public T? SettingsOf<T>(string name)
        where T : class
    {
        if (!Members.TryGetValue(name, out var settings) || settings.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            return settings.Deserialize<T>(WireJson.Requests);
        }
        catch (JsonException exception)
        {
            throw Refusal.Malformed($"{name}{exception.Path?.TrimStart('$')} is not of the expected type");
        }
    }

    public void ApplyTo(Device device)
    {
        var hasPlace = Longitude is not null && Latitude is not null;
        device.Name = Name;
        device.ApplicationId = ApplicationId;
        device.Longitude = hasPlace ? Longitude : null;
        device.Latitude = hasPlace ? Latitude : null;
        device.CommentOnLocation = CommentOnLocation.Or(device.CommentOnLocation);
        device.Comment = Comment.Or(device.Comment);
        device.Metadata = Metadata.Or(device.Metadata);
        device.DeviceModelId = DeviceModelId ?? device.DeviceModelId;
    }
}

internal sealed class CreateDeviceRequest : DeviceRequest, IBodyRequest
{
    public static Shape Shape { get; } = new Shape(Fields).And(DeviceSettings.Of);
}

internal sealed class UpdateDeviceRequest : DeviceRequest, IBodyRequest
{
    public static Shape Shape { get; } = new Shape(Fields) { ["id"] = Is.LenientId() }.And(DeviceSettings.Of);

    /// <summary>Must be there; the address is what counts.</summary>
    public JsonElement Id { get; init; }

    /// <summary>The id where it counts, in a list; 0, which no device has, where it is too large for one.</summary>
    internal int RowId() => int.TryParse(
        Id.ValueKind == JsonValueKind.String ? Id.GetString() : Id.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var id) ? id : 0;
}
