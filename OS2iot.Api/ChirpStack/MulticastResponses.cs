using System.Text.Json.Serialization;
using OS2iot.Api.Applications;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack;

namespace OS2iot.Api.ChirpStack;

/// <summary>The session that a group shares. Keys only for those who may change it.</summary>
internal sealed class LoRaWanMulticastResponse(LoRaWanMulticast session, string? networkSessionKey, string? applicationSessionKey)
    : EntityResponse(session)
{
    public string Address { get; } = session.Address;

    public string? NetworkSessionKey { get; } = networkSessionKey;

    public string? ApplicationSessionKey { get; } = applicationSessionKey;

    public long FrameCounter { get; } = session.FrameCounter;

    public int DataRate { get; } = session.DataRate;

    /// <summary>Hz.</summary>
    public long Frequency { get; } = session.Frequency;

    public string GroupType { get; } = session.GroupType;

    [JsonPropertyName("chirpstackGroupId")]
    public string? ChirpStackGroupId { get; } = session.ChirpStackGroupId;
}

internal class MulticastListItem(MulticastGroup group, ApplicationCore application, LoRaWanMulticastResponse session) : EntityResponse(group)
{
    public string GroupName { get; } = group.Name;

    public ApplicationCore Application { get; } = application;

    [JsonPropertyName("lorawanMulticastDefinition")]
    public LoRaWanMulticastResponse Session { get; } = session;
}

internal sealed class MulticastDetails(
    MulticastGroup group, ApplicationCore application, LoRaWanMulticastResponse session, IReadOnlyList<DeviceCore> devices)
    : MulticastListItem(group, application, session)
{
    [JsonPropertyName("iotDevices")]
    public IReadOnlyList<DeviceCore> Devices { get; } = devices;

    public int? CreatedBy { get; } = group.CreatedById;

    public int? UpdatedBy { get; } = group.UpdatedById;
}

internal sealed record MulticastQueueResponse(IReadOnlyList<MulticastQueueItem> DeviceQueueItems);

/// <param name="MulticastGroupId">The network's id of the group; null until it has one.</param>
/// <param name="FCnt">The frame counter that the message has or will have.</param>
/// <param name="FPort">The port.</param>
/// <param name="Data">The message, as base64.</param>
internal sealed record MulticastQueueItem(
    string? MulticastGroupId, [property: JsonPropertyName("fCnt")] long FCnt, [property: JsonPropertyName("fPort")] int FPort, byte[] Data);

/// <param name="FCnt">The frame counter that the message will have.</param>
internal sealed record MulticastQueuedResponse([property: JsonPropertyName("fCnt")] long FCnt);
