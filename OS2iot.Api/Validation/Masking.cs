using System.Text.Json;
using System.Text.Json.Nodes;

namespace OS2iot.Api.Validation;

/// <summary>Errors tell what was sent, except what is secret, and of much only the beginning: a body stands in them once per broken rule.</summary>
internal static class Masking
{
    private const string Mask = "***";

    private const int MaxDepth = 16;

    private const int MaxElements = 50;

    private const int MaxCharacters = 1000;

    private static readonly string[] SecretWords = ["password", "secret", "token", "authorization"];

    public static JsonNode? Copy(string name, JsonElement value) => Copy(name, value, depth: 0);

    public static JsonNode? Copy(JsonElement value) => Copy(value, depth: 0);

    private static JsonNode? Copy(string name, JsonElement value, int depth) =>
        value.ValueKind != JsonValueKind.Null && IsSecret(name) ? Mask : Copy(value, depth);

    private static JsonNode? Copy(JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.Object or JsonValueKind.Array when depth == MaxDepth => "…",
        JsonValueKind.Object => new JsonObject(
            value.EnumerateObject().Take(MaxElements).GroupBy(m => m.Name)
                .Select(m => KeyValuePair.Create(Beginning(m.Key), Copy(m.Key, m.Last().Value, depth + 1))).DistinctBy(m => m.Key)),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Take(MaxElements).Select(e => Copy(e, depth + 1))]),
        JsonValueKind.String => Beginning(value.GetString()!),
        JsonValueKind.Number => value.GetRawText().Length <= MaxCharacters ? JsonValue.Create(value.Clone()) : "…",
        JsonValueKind.Null => null,
        _ => value.GetBoolean(),
    };

    private static string Beginning(string text) => text.Length <= MaxCharacters
        ? text
        : $"{text[..(char.IsHighSurrogate(text[MaxCharacters - 1]) ? MaxCharacters - 1 : MaxCharacters)]}…";

    private static bool IsSecret(string name) =>
        name.EndsWith("key", StringComparison.OrdinalIgnoreCase)
        || name.Equals("pac", StringComparison.OrdinalIgnoreCase)
        || SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
