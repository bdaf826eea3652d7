using OS2iot.Api.Http;
using OS2iot.Core.NetworkEvents;

namespace OS2iot.Api.NetworkEvents;

/// <summary>Something that a network told beside uplinks.</summary>
internal sealed class NetworkEventResponse(StoredNetworkEvent stored)
{
    public Guid Id { get; } = stored.Id;

    /// <summary>join, status, ack, txack, log, location, conn or stats.</summary>
    public string Kind { get; } = stored.Kind.ToWire();

    public DateTimeOffset ReceivedAt { get; } = stored.ReceivedAt;

    /// <summary>By the network's clock, when it told.</summary>
    public DateTimeOffset? SentAt { get; } = stored.SentAt;

    /// <summary>As the network told it.</summary>
    public RawJson Payload { get; } = new(stored.Payload);
}

/// <param name="ReceivedAt">Our clock.</param>
/// <param name="MessageId">Of the uplink.</param>
/// <param name="DeviceId">Whose uplink it was; null where the caller may not see the device.</param>
/// <param name="DeviceName">Likewise.</param>
/// <param name="Rssi">dBm.</param>
/// <param name="Snr">dB.</param>
/// <param name="DataRate">The number that the region gives it.</param>
/// <param name="SpreadingFactor">7 to 12; null where it was not LoRa.</param>
/// <param name="Frequency">Hz.</param>
/// <param name="FrameCounter">Of the uplink.</param>
internal sealed record GatewayFrameResponse(
    DateTimeOffset ReceivedAt, Guid MessageId, int? DeviceId, string? DeviceName, double? Rssi, double? Snr, int? DataRate,
    int? SpreadingFactor, long? Frequency, long? FrameCounter);

/// <param name="Data">One page, newest first.</param>
/// <param name="HasMore">There are older ones.</param>
internal sealed record GatewayFramesResponse(IReadOnlyList<GatewayFrameResponse> Data, bool HasMore);
