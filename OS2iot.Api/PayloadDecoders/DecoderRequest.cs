using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Api.PayloadDecoders;

internal sealed class DecoderRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["name"] = Is.Text().Length(1, PayloadDecoder.NameMaxLength),
        ["decodingFunction"] = Is.Text(),
        ["organizationId"] = Is.Id(),
    };

    public string Name { get; init; } = "";

    /// <summary>The script as a JSON string inside this string.</summary>
    public string DecodingFunction { get; init; } = "";

    public int OrganizationId { get; init; }

    /// <exception cref="Refusal">It is not encoded as it must be.</exception>
    public string Script()
    {
        try
        {
            return JsonSerializer.Deserialize<string>(DecodingFunction) is { } script && !script.Contains('\0')
                ? script
                : throw Refusal.BadRequest(ErrorCodes.BadEncoding);
        }
        catch (JsonException)
        {
            throw Refusal.BadRequest(ErrorCodes.BadEncoding);
        }
    }
}
