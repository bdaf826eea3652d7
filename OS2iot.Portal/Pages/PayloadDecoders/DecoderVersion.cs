namespace OS2iot.Portal.Pages.PayloadDecoders;

/// <summary>How a decoder was once. Lists leave the script out.</summary>
internal sealed record DecoderVersion(int PayloadDecoderId, int Version, string Name, DateTimeOffset CreatedAt, string? DecodingFunction);
