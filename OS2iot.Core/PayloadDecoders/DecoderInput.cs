using OS2iot.Core.Devices;
using OS2iot.Decoder;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>What a script is given.</summary>
public sealed record DecoderInput
{
    /// <summary>JSON text in UTF-8 as received.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>A JSON object in UTF-8 that describes the device, without secrets; see <see cref="DecoderMetadata"/>.</summary>
    public required ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>How the message came. It decides where in the payload the device's bytes are.</summary>
    public DeviceType Network { get; init; }

    public int? FPort { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Keep what the script writes to <c>console</c>; for people who try a script.</summary>
    public bool CaptureConsole { get; init; }

    internal BytesForm Bytes => Network switch
    {
        DeviceType.LoRaWan => BytesForm.Base64,
        DeviceType.Sigfox => BytesForm.Hexadecimal,
        _ => BytesForm.Whole,
    };
}
