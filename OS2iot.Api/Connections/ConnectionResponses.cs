using System.Text.Json.Serialization;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Api.PayloadDecoders;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.Connections;

internal sealed class ConnectionListItem(
    DataTargetConnection connection, IReadOnlyList<DeviceWithApplication> devices, DataTargetWithApplication target)
    : EntityResponse(connection)
{
    [JsonPropertyName("iotDevices")]
    public IReadOnlyList<DeviceWithApplication> Devices { get; } = devices;

    public DecoderCore? PayloadDecoder { get; } = DecoderCore.From(connection.PayloadDecoder);

    public DataTargetWithApplication DataTarget { get; } = target;
}

internal sealed class ConnectionDetails(
    DataTargetConnection connection, IReadOnlyList<DeviceWithApplication> devices, DataTargetDetails target)
    : EntityResponse(connection)
{
    [JsonPropertyName("iotDevices")]
    public IReadOnlyList<DeviceWithApplication> Devices { get; } = devices;

    public DecoderWithOrganization? PayloadDecoder { get; } = connection.PayloadDecoder is { } decoder
        ? new DecoderWithOrganization(decoder, decoder.Organization)
        : null;

    public DataTargetDetails DataTarget { get; } = target;

    public int? CreatedBy { get; } = connection.CreatedById;

    public int? UpdatedBy { get; } = connection.UpdatedById;
}
