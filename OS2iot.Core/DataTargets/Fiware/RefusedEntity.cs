using System.Text.Json;

namespace OS2iot.Core.DataTargets.Fiware;

/// <summary>An entity that the broker did not take.</summary>
/// <param name="Id">As the broker names it; null where it does not.</param>
/// <param name="Reason">In the broker's words.</param>
/// <param name="IsForGood">The broker finds fault with the entity itself.</param>
internal sealed record RefusedEntity(string? Id, string? Reason, bool IsForGood)
{
    private const string BadRequestType = "https://uri.etsi.org/ngsi-ld/errors/BadRequestData";

    /// <summary>
    /// From <c>{"success":["urn:…"],"errors":[{"entityId":"urn:…","error":{"type":"…","title":"…","detail":"…","status":400}}]}</c>; null
    /// where that can't be read.
    /// </summary>
    public static List<RefusedEntity>? ReadAll(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array
                ? [.. errors.EnumerateArray().Select(Read)]
                : [];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public override string ToString() => Reason is null ? Id ?? "an entity without id" : $"{Id ?? "an entity without id"} ({Reason})";

    private static RefusedEntity Read(JsonElement failure)
    {
        var error = failure.ValueKind == JsonValueKind.Object && failure.TryGetProperty("error", out var found) ? found : default;
        var reason = error.ValueKind == JsonValueKind.String ? error.GetString() : Text(error, "detail") ?? Text(error, "title");
        return new RefusedEntity(Text(failure, "entityId"), reason, IsForGoodBy(error));
    }

    private static bool IsForGoodBy(JsonElement error) => error.ValueKind == JsonValueKind.Object
        && (error.TryGetProperty("status", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var status)
            ? status is 400 or 413 or 422
            : Text(error, "type") == BadRequestType);

    private static string? Text(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
