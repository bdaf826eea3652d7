using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;

namespace OS2iot.Api.ChirpStack;

/// <summary>Tags of gateways and profiles: names with texts. They travel to us as JSON inside a text.</summary>
internal static class NetworkTags
{
    /// <summary>By these the network keeps our ids; nobody else sets or sees them.</summary>
    private static readonly string[] Ours = ["internalOrganizationId", "os2iot-created-by", "os2iot-updated-by"];

    public static Field Field() => new Field()
        .Rule("isJson", v => Parse(v) is not null, p => $"{p} must be a json string")
        .Rule("isMetadataJson", v => Parse(v) is null || TagsOf(v) is not null, _ => ErrorCodes.InvalidValueInKeyValuePair, onAbsent: false);

    /// <summary>What to store of a text that keeps the rules.</summary>
    public static string ToStored(string text)
    {
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(text));
        return JsonSerializer.Serialize(TagsOf(document.RootElement) ?? []);
    }

    public static Dictionary<string, string> Read(string stored) => JsonSerializer.Deserialize<Dictionary<string, string>>(stored)!;

    private static Dictionary<string, string>? TagsOf(JsonElement value)
    {
        if (Parse(value) is not { ValueKind: JsonValueKind.Object } parsed)
        {
            return null;
        }

        var tags = new Dictionary<string, string>();
        foreach (var tag in parsed.EnumerateObject())
        {
            if (tag.Value.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            tags[tag.Name] = tag.Value.GetString()!;
        }

        foreach (var name in Ours)
        {
            tags.Remove(name);
        }

        return tags;
    }

    // What is no text for PostgreSQL, such as half a surrogate pair, is none here.
    private static JsonElement? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            var parsed = JsonElement.Parse(value.GetString()!);
            return parsed.ValueKind != JsonValueKind.Object || parsed.EnumerateObject().All(t => IsStorable(t.Name) && IsStorable(t.Value))
                ? parsed
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsStorable(JsonElement value) => value.ValueKind != JsonValueKind.String || IsStorable(value.GetString()!);

    private static bool IsStorable(string text) => !text.Contains('\0');
}
