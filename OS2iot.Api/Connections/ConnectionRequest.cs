using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;

namespace OS2iot.Api.Connections;

internal sealed class ConnectionRequest : IBodyRequest
{
    public const string Path = "iot-device-payload-decoder-data-target-connection";

    public static Shape Shape { get; } = new()
    {
        ["iotDeviceIds"] = Is.Ids().Optional(),
        ["dataTargetId"] = Is.Id(),
        ["payloadDecoderId"] = Is.Integer().Optional(),
    };

    [JsonPropertyName("iotDeviceIds")]
    public int[]? DeviceIds { get; init; }

    public int DataTargetId { get; init; }

    /// <summary>Null means that payloads are passed on as they came.</summary>
    public Optional<int?> PayloadDecoderId { get; init; }
}
