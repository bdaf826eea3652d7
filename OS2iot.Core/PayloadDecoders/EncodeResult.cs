using System.Text.Json;
using OS2iot.Decoder;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>A downlink that a script made, or <see cref="Error"/>.</summary>
public sealed record EncodeResult
{
    /// <summary>At most 242; none when there is an error.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>1 to 223; null where the script named none.</summary>
    public int? FPort { get; init; }

    /// <summary>Why there is no downlink, for the script's author, with line and column where known.</summary>
    public string? Error { get; init; }

    /// <summary>Null when there is a downlink.</summary>
    public DecodeFailure? Failure { get; init; }

    public int? Line { get; init; }

    public int? Column { get; init; }

    public IReadOnlyList<string> Console { get; init; } = [];

    public bool Succeeded => Failure is null;

    internal static EncodeResult From(DecodeResult result)
    {
        if (!result.Succeeded)
        {
            return new EncodeResult
            {
                Bytes = [],
                Error = result.Error,
                Failure = result.Failure,
                Line = result.Line,
                Column = result.Column,
                Console = result.Console,
            };
        }

        // Its form was checked where it ran.
        using var downlink = JsonDocument.Parse(result.Output);
        var fPort = downlink.RootElement.GetProperty("fPort");
        return new EncodeResult
        {
            Bytes = [.. downlink.RootElement.GetProperty("bytes").EnumerateArray().Select(b => b.GetByte())],
            FPort = fPort.ValueKind == JsonValueKind.Null ? null : fPort.GetInt32(),
            Console = result.Console,
        };
    }
}
