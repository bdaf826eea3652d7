using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Uplinks;
using OS2iot.Workers.Routing;

namespace OS2iot.Workers.Decoding;

/// <summary>Makes of one uplink what one decoder makes of it.</summary>
internal sealed class UplinkDecoder(DecoderSandbox sandbox)
{
    /// <param name="uplink">The message as received.</param>
    /// <param name="route">What is known of its device.</param>
    /// <param name="decoder">Null passes the payload on as it came.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<UplinkDecoded> DecodeAsync(UplinkReceived uplink, DeviceRoute route, RoutedDecoder? decoder, CancellationToken ct)
    {
        var result = decoder is null ? null : await sandbox.DecodeAsync(decoder.Script, InputOf(uplink, route), ct);
        return new UplinkDecoded
        {
            MessageId = uplink.MessageId,
            DeviceId = uplink.DeviceId,
            ApplicationId = uplink.ApplicationId,
            OrganizationId = uplink.OrganizationId,
            ReceivedAt = uplink.ReceivedAt,
            PayloadDecoderId = decoder?.Id,
            PayloadDecoderVersion = decoder?.Version,
            Error = result?.Error?.Replace("\0", "", StringComparison.Ordinal),
            Payload = result is null ? uplink.Payload : result.Output,
        };
    }

    private static DecoderInput InputOf(UplinkReceived uplink, DeviceRoute route) => new()
    {
        Payload = uplink.Payload,
        Metadata = route.Device?.Json ?? "{}"u8.ToArray(),
        Network = uplink.Network,
        FPort = uplink.FPort,
        ReceivedAt = uplink.ReceivedAt,
    };
}
