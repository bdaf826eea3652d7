namespace OS2iot.Portal.Pages.PayloadDecoders;

internal sealed class DecoderForm
{
    public static readonly string[] Fields = ["name", "decodingFunction"];

    /// <summary>What a new one begins with.</summary>
    public const string Example =
        """
        // payload is the message as it was received, metadata tells about the device.
        // What is returned goes to the data targets as JSON.
        function decode(payload, metadata) {
          return {
            temperature: payload.temperature,
            receivedFrom: metadata.name
          };
        }
        """;

    public string? Name { get; set; }

    public string? DecodingFunction { get; set; }
}
