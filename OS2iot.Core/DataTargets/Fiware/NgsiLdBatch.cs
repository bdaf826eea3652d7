using System.Text;
using System.Text.Json;

namespace OS2iot.Core.DataTargets.Fiware;

/// <summary>
/// Entities as the batch operations of NGSI-LD take them, such as
/// <code>[{"id":"urn:ngsi-ld:Device:1","type":"Device","value":{"type":"Property","value":21.5},"@context":"https://…"}]</code>
/// </summary>
/// <param name="Json">An array of entities.</param>
/// <param name="HasContext">At least one entity says by itself what its words mean.</param>
internal sealed record NgsiLdBatch(ReadOnlyMemory<byte> Json, bool HasContext)
{
    /// <summary>Takes an array as it is and puts a single entity into one; null for anything else.</summary>
    public static NgsiLdBatch? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload.Span);
            reader.Read();
            var isArray = reader.TokenType == JsonTokenType.StartArray;
            if (!isArray && reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            return HasContextWithin(ref reader, isArray) is { } hasContext
                ? new NgsiLdBatch(isArray ? payload : (byte[])[(byte)'[', .. payload.Span, (byte)']'], hasContext)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>An array of the entities with these ids, each as it came; null where one of them is not in the batch.</summary>
    public ReadOnlyMemory<byte>? Only(IReadOnlyCollection<string?> ids)
    {
        var wanted = ids.ToHashSet(StringComparer.Ordinal);
        using var batch = JsonDocument.Parse(Json);
        var (found, parts) = (new HashSet<string?>(StringComparer.Ordinal), new List<string>());
        foreach (var entity in batch.RootElement.EnumerateArray())
        {
            if (entity.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && wanted.Contains(id.GetString()))
            {
                found.Add(id.GetString());
                parts.Add(entity.GetRawText());
            }
        }

        return found.Count == wanted.Count ? (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes($"[{string.Join(',', parts)}]") : null;
    }

    /// <summary>Null where an array holds something else than objects.</summary>
    private static bool? HasContextWithin(ref Utf8JsonReader reader, bool isArray)
    {
        var entity = isArray ? 1 : 0;
        var hasContext = false;
        while (reader.Read())
        {
            if (isArray && reader.CurrentDepth == entity && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
            {
                return null;
            }

            hasContext |= reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == entity + 1 && reader.ValueTextEquals("@context");
        }

        return hasContext;
    }
}
