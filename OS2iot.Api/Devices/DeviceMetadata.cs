using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;

namespace OS2iot.Api.Devices;

/// <summary>Key-value pairs that travel as JSON inside a text, such as <c>"{\"floor\":\"2\"}"</c>.</summary>
internal static class DeviceMetadata
{
    public static Field Field() => new Field()
        .Rule("isJson", v => Parse(v) is not null, p => $"{p} must be a json string")
        .Rule("isMetadataJson", HasKeys, _ => ErrorCodes.InvalidKeyInKeyValuePair)
        .Rule("isMetadataJson", v => !HasKeys(v) || HasValues(v), _ => ErrorCodes.InvalidValueInKeyValuePair, onAbsent: false);

    private static bool HasKeys(JsonElement value) =>
        Parse(value) is { ValueKind: JsonValueKind.Object } pairs && pairs.EnumerateObject().All(p => !string.IsNullOrWhiteSpace(p.Name));

    private static bool HasValues(JsonElement value) =>
        Parse(value)!.Value.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(p.Value.GetString()));

    private static JsonElement? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(value.GetString()!);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
