using System.Text.Json;
using System.Text.Json.Nodes;
using OS2iot.Api.Applications;
using OS2iot.Api.Http;

namespace OS2iot.Api.DeviceModels;

/// <summary>What the description of a device model must be: an object of the smart data model of that name; members beyond that are free.</summary>
internal static class DeviceModelBody
{
    private static readonly string[] Required =
        ["id", "type", "category", "controlledProperty", "manufacturerName", "brandName", "modelName", "name"];

    private static readonly string[] Texts = ["manufacturerName", "brandName", "modelName", "name"];

    private static readonly Dictionary<string, string[]> Words = new()
    {
        ["type"] = ["DeviceModel"],
        ["deviceClass"] = ["C0", "C1", "C2"],
        ["energyLimitationClass"] = ["E0", "E1", "E2", "E9"],
    };

    private static readonly Dictionary<string, IReadOnlyCollection<string>?> Lists = new()
    {
        ["controlledProperty"] = ApplicationWords.ControlledProperties,
        ["function"] = ["levelControl", "sensing", "onOff", "openClose", "metering", "eventNotification"],
        ["supportedUnits"] = null,
    };

    /// <exception cref="Refusal">It is something else; the answer names each member that is wrong.</exception>
    public static void ThrowIfInvalid(JsonElement body)
    {
        var failures = new JsonArray();
        foreach (var name in Required.Where(name => !body.TryGetProperty(name, out _)))
        {
            failures.Add(Failure(name, $"should have required property '{name}'"));
        }

        foreach (var member in body.EnumerateObject())
        {
            if (WhyNot(member.Name, member.Value) is { } text)
            {
                failures.Add(Failure(member.Name, text));
            }
            else if (!IsStorable(member.Value))
            {
                failures.Add(Failure(member.Name, "should be number"));
            }
        }

        if (failures.Count > 0)
        {
            throw Refusal.Invalid(failures);
        }
    }

    private static string? WhyNot(string name, JsonElement value)
    {
        if (Texts.Contains(name) && value.ValueKind != JsonValueKind.String)
        {
            return "should be string";
        }

        if (Words.TryGetValue(name, out var words) && !IsOneOf(value, words))
        {
            return "should be equal to one of the allowed values";
        }

        if (Lists.TryGetValue(name, out var elements))
        {
            return value.ValueKind != JsonValueKind.Array ? "should be array"
                : value.EnumerateArray().Any(e => e.ValueKind != JsonValueKind.String) ? "should be string"
                : elements is not null && value.EnumerateArray().Any(e => !IsOneOf(e, elements)) ? "should be equal to one of the allowed values"
                : null;
        }

        return name == "documentation" && !(value.ValueKind == JsonValueKind.String && Uri.TryCreate(value.GetString(), UriKind.Absolute, out _))
            ? "should match format \"uri\""
            : null;
    }

    private static bool IsOneOf(JsonElement value, IReadOnlyCollection<string> words) =>
        value.ValueKind == JsonValueKind.String && words.Contains(value.GetString()!);

    // The database keeps no number that is beyond all measure.
    private static bool IsStorable(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetDouble(out var number) && double.IsFinite(number),
        JsonValueKind.Array => value.EnumerateArray().All(IsStorable),
        JsonValueKind.Object => value.EnumerateObject().All(m => IsStorable(m.Value)),
        _ => true,
    };

    // Clients know the text under this one key, whatever the rule.
    private static JsonObject Failure(string name, string text) => new()
    {
        ["property"] = name,
        ["children"] = new JsonArray(),
        ["constraints"] = new JsonObject { ["required"] = text },
    };
}
