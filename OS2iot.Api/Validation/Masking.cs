using System.Text.Json;
using System.Text.Json.Nodes;

namespace OS2iot.Api.Validation;

/// <summary>Errors tell what was sent, except what is secret.</summary>
internal static class Masking
{
    private const string Mask = "***";

    private static readonly string[] SecretWords = ["password", "secret", "token", "authorization"];

    public static JsonNode? Copy(string name, JsonElement value) =>
        value.ValueKind != JsonValueKind.Null && IsSecret(name) ? Mask : Copy(value);

    public static JsonNode? Copy(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(
            value.EnumerateObject().GroupBy(m => m.Name).Select(m => KeyValuePair.Create(m.Key, Copy(m.Key, m.Last().Value)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(Copy)]),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(value.Clone()),
    };

    private static bool IsSecret(string name) =>
        name.EndsWith("key", StringComparison.OrdinalIgnoreCase)
        || SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
