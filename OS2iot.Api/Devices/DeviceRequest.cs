using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Api.MqttDevices;
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
        new("sigfoxSettings", Is.Object(Sigfox.SigfoxSettings.Shape).When(IsOf(DeviceType.Sigfox))),
        new("mqttInternalBrokerSettings", Is.Object(MqttInternalSettings.Shape).When(IsOf(DeviceType.MqttInternalBroker))),
        new("mqttExternalBrokerSettings", Is.Object(MqttExternalSettings.Shape).When(IsOf(DeviceType.MqttExternalBroker))),
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

    public int? DeviceModelId { get; init; }

    /// <summary>Of a device at Sigfox; not looked at otherwise, as clients send them all.</summary>
    public JsonElement? SigfoxSettings { get; init; }

    /// <summary>Of a device that connects to our MQTT broker.</summary>
    public JsonElement? MqttInternalBrokerSettings { get; init; }

    /// <summary>Of a device at somebody else's MQTT broker.</summary>
    public JsonElement? MqttExternalBrokerSettings { get; init; }

    /// <summary>The settings of a network, checked if the request is for a device of that type; null where they are not there.</summary>
    /// <exception cref="Refusal">They can't be read.</exception>
    public T? Read<T>(JsonElement? settings, DeviceType type)
        where T : class
    {
        if (settings is not { ValueKind: JsonValueKind.Object } sent || Type != type.ToWire())
        {
            return null;
        }

        try
        {
            return sent.Deserialize<T>(WireJson.Requests);
        }
        catch (JsonException exception)
        {
            throw Refusal.Malformed($"{exception.Path} is not of the expected type");
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
    }

    private static Func<JsonElement, bool> IsOf(DeviceType type) =>
        body => Shape.Member(body, "type") is { ValueKind: JsonValueKind.String } sent && sent.GetString() == type.ToWire();
}

internal sealed class CreateDeviceRequest : DeviceRequest, IBodyRequest
{
    public static Shape Shape { get; } = new(Fields);
}

internal sealed class UpdateDeviceRequest : DeviceRequest, IBodyRequest
{
    public static Shape Shape { get; } = new(Fields) { ["id"] = Is.LenientId() };

    /// <summary>Must be there; the address is what counts.</summary>
    public JsonElement Id { get; init; }
}
