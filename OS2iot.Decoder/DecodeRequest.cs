namespace OS2iot.Decoder;

/// <summary>One script to run on one message, as it goes to the process that runs it.</summary>
public sealed record DecodeRequest
{
    /// <summary>The decoder; null for a script that is not kept.</summary>
    public int? ScriptId { get; init; }

    public int ScriptVersion { get; init; }

    /// <summary>JavaScript in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Code { get; init; }

    /// <summary>False where the process was sent the script before, and <see cref="Code"/> is empty.</summary>
    public bool HasCode { get; init; } = true;

    /// <summary>JSON text in UTF-8 as received.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>A JSON object in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>Where in the payload the device's bytes are.</summary>
    public BytesForm Bytes { get; init; }

    public int? FPort { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public bool CaptureConsole { get; init; }

    public DecoderFunction Function { get; init; }
}

/// <summary>Which of a script's functions is wanted.</summary>
public enum DecoderFunction
{
    /// <summary>What a device sent becomes JSON.</summary>
    Decode,

    /// <summary>JSON becomes the bytes that a device is sent.</summary>
    EncodeDownlink,
}

/// <summary>How the bytes that the device sent stand in the message.</summary>
public enum BytesForm
{
    /// <summary>The message itself.</summary>
    Whole,

    /// <summary>Its member <c>data</c>, as base64.</summary>
    Base64,

    /// <summary>Its member <c>data</c>, as hexadecimal digits.</summary>
    Hexadecimal,
}
