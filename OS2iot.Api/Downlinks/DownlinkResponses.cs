using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Core.Downlinks;

namespace OS2iot.Api.Downlinks;

/// <summary>What waits for a device.</summary>
internal sealed record DownlinkQueueResponse(int TotalCount, IReadOnlyList<object> DeviceQueueItems);

/// <summary>A message that waits for a LoRaWAN device; the data in base64.</summary>
internal sealed record LoRaWanQueueItem(
    bool Confirmed, [property: JsonPropertyName("devEUI")] string DevEui, long FCnt, [property: JsonPropertyName("fPort")] int FPort, string Data);

/// <summary>A message that waits for a Sigfox device, as hex digits.</summary>
internal sealed record SigfoxQueueItem(string Data);

/// <summary>A message that our broker does not have yet, as hex digits.</summary>
internal sealed record MqttQueueItem(string Data);

internal sealed record DownlinkCreatedResponse(int Id);

/// <summary>A message to a device, waiting or on record.</summary>
internal sealed class DownlinkResponse(DownlinkQueueItem item) : EntityResponse(item)
{
    /// <summary>Hex digits.</summary>
    public string Data { get; } = Convert.ToHexStringLower(item.Payload);

    public int? Port { get; } = item.FPort;

    public bool Confirmed { get; } = item.Confirmed;

    /// <summary>pending, queued, sent, acknowledged, failed or flushed.</summary>
    public string State { get; } = JsonNamingPolicy.CamelCase.ConvertName(item.State.ToString());

    [JsonPropertyName("fCnt")]
    public long? FCnt { get; } = item.FCntDown;

    public DateTimeOffset? SentAt { get; } = item.SentAt;

    public DateTimeOffset? AcknowledgedAt { get; } = item.AcknowledgedAt;

    public string? Error { get; } = item.Error;

    public int? CreatedBy { get; } = item.CreatedById;
}
