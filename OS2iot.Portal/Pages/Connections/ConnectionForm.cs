namespace OS2iot.Portal.Pages.Connections;

internal sealed class ConnectionForm
{
    public static readonly string[] Fields = ["iotDeviceIds", "dataTargetId", "payloadDecoderId"];

    public int[] IotDeviceIds { get; set; } = [];

    /// <summary>Null passes payloads on as they came.</summary>
    public int? PayloadDecoderId { get; set; }

    public int? DataTargetId { get; set; }

    public static ConnectionForm From(Connection connection) => new()
    {
        IotDeviceIds = [.. connection.IotDevices?.Select(d => d.Id) ?? []],
        PayloadDecoderId = connection.PayloadDecoder?.Id,
        DataTargetId = connection.DataTarget?.Id,
    };

    public object ToRequest() => new { iotDeviceIds = IotDeviceIds, dataTargetId = DataTargetId, payloadDecoderId = PayloadDecoderId };
}
