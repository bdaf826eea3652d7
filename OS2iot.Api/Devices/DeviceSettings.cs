using System.Text.Json;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.MqttDevices;
using OS2iot.Api.Sigfox;
using OS2iot.Api.Validation;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Devices;

/// <summary>
/// What a request says about a device's network, as an object under a name of the network's own. It is judged only for devices of
/// that network. One line for each network that has settings.
/// </summary>
internal static class DeviceSettings
{
    private static readonly Dictionary<string, Shape> Shapes = new()
    {
        [DeviceType.LoRaWan.ToWire()] = new Shape { [LoRaWanSettings.Name] = LoRaWanSettings.Field() },
        [DeviceType.Sigfox.ToWire()] = new Shape { [SigfoxSettings.Name] = Is.Object(SigfoxSettings.Shape) },
        [DeviceType.MqttInternalBroker.ToWire()] = new Shape { [MqttInternalSettings.Name] = Is.Object(MqttInternalSettings.Shape) },
        [DeviceType.MqttExternalBroker.ToWire()] = new Shape { [MqttExternalSettings.Name] = Is.Object(MqttExternalSettings.Shape) },
    };

    /// <summary>The rules for the settings of a body's type; null where it has none.</summary>
    public static Shape? Of(JsonElement body) =>
        Shape.Member(body, "type") is { ValueKind: JsonValueKind.String } type ? Shapes.GetValueOrDefault(type.GetString()!) : null;
}
