namespace OS2iot.Core.Devices;

/// <summary>How a device reaches us. Wire and database carry the words of <see cref="DeviceTypes"/>.</summary>
public enum DeviceType
{
    GenericHttp,
    LoRaWan,
    Sigfox,

    /// <summary>The device connects to our MQTT broker.</summary>
    MqttInternalBroker,

    /// <summary>We connect as a client to somebody else's broker.</summary>
    MqttExternalBroker,
}

/// <summary>The one list of device types and their words on the wire.</summary>
public static class DeviceTypes
{
    private static readonly Dictionary<DeviceType, string> Words = new()
    {
        [DeviceType.GenericHttp] = "GENERIC_HTTP",
        [DeviceType.LoRaWan] = "LORAWAN",
        [DeviceType.Sigfox] = "SIGFOX",
        [DeviceType.MqttInternalBroker] = "MQTT_INTERNAL_BROKER",
        [DeviceType.MqttExternalBroker] = "MQTT_EXTERNAL_BROKER",
    };

    private static readonly Dictionary<string, DeviceType> ByWord = Words.ToDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> WireValues => Words.Values;

    public static string ToWire(this DeviceType type) => Words[type];

    public static bool TryParse(string? wire, out DeviceType type)
    {
        type = default;
        return wire is not null && ByWord.TryGetValue(wire, out type);
    }

    /// <exception cref="FormatException">The word is none of <see cref="WireValues"/>.</exception>
    public static DeviceType Parse(string wire) =>
        TryParse(wire, out var type) ? type : throw new FormatException($"'{wire}' is no device type.");
}
