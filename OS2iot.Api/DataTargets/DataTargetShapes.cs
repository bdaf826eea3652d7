using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.DataTargets;

/// <summary>
/// Carries a type's settings over the wire, where they stand beside the target's own members. Rules come from the annotations of
/// the settings, so that a new type needs nothing here.
/// </summary>
internal sealed class DataTargetShapes(DataTargetSettings settings)
{
    private static readonly Dictionary<string, Shape> Shapes = DataTargetTypes.All.ToDictionary(
        t => t.Name, t => new Shape(t.SettingsType.GetProperties().Select(p => KeyValuePair.Create(NameOf(p), Rules(p)))));

    /// <summary>What a body of the given type must hold; null where there is no such type.</summary>
    public static Shape? Of(JsonElement body) =>
        Shape.Member(body, "type") is { ValueKind: JsonValueKind.String } type && Shapes.TryGetValue(type.GetString()!, out var shape)
            ? shape
            : null;

    public static DataTargetCore Core(DataTarget target) => new(target, Shown(target));

    /// <summary>Settings as users see them: of a secret only whether there is one.</summary>
    public static Dictionary<string, object?> Shown(DataTarget target)
    {
        var type = DataTargetTypes.Find(target.Type) ?? throw new InvalidOperationException($"There is no target type {target.Type}.");
        var secrets = DataTargetSettings.SecretsOf(type).Select(p => p.Name).ToHashSet();
        var stored = JsonNode.Parse(target.Settings)!.AsObject();
        var shown = new Dictionary<string, object?>();
        foreach (var property in type.SettingsType.GetProperties())
        {
            var name = NameOf(property);
            stored.TryGetPropertyValue(name, out var value);
            if (secrets.Contains(property.Name))
            {
                shown[name] = null;
                shown[name + "Set"] = value is JsonValue text && text.TryGetValue<string>(out var secret) && secret.Length > 0;
            }
            else
            {
                shown[name] = value;
            }
        }

        return shown;
    }

    /// <summary>The settings to store: those that were there, changed by what was sent. An empty secret means that the old one stays.</summary>
    /// <param name="type">The target's type.</param>
    /// <param name="stored">What is stored now; null for a new target.</param>
    /// <param name="sent">The members of the request.</param>
    public string Merge(DataTargetType type, string? stored, IReadOnlyDictionary<string, JsonElement> sent)
    {
        var before = stored is null ? Activator.CreateInstance(type.SettingsType)! : settings.Read(type, stored);
        var merged = JsonSerializer.SerializeToNode(before, type.SettingsType, JsonSerializerOptions.Web)!.AsObject();
        var secrets = DataTargetSettings.SecretsOf(type).Select(NameOf).ToHashSet();
        foreach (var name in type.SettingsType.GetProperties().Select(NameOf))
        {
            if (sent.TryGetValue(name, out var value) && !(secrets.Contains(name) && value is { ValueKind: JsonValueKind.String } && value.GetString() == ""))
            {
                merged[name] = JsonSerializer.SerializeToNode(value);
            }
        }

        try
        {
            return settings.Write(type, merged.Deserialize(type.SettingsType, JsonSerializerOptions.Web)!, stored);
        }
        catch (JsonException exception)
        {
            throw Refusal.BadRequest($"{exception.Path} is not of the expected type");
        }
    }

    private static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<System.Text.Json.Serialization.JsonPropertyNameAttribute>()?.Name
        ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private static Field Rules(PropertyInfo property)
    {
        var required = property.GetCustomAttribute<RequiredAttribute>() is not null;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var field = type == typeof(string) ? TextRules(property, required)
            : type == typeof(int) ? Is.Integer()
            : type == typeof(bool) ? Is.Boolean()
            : type.IsEnum ? Is.OneOf(Enum.GetNames(type))
            : Is.Anything();
        if (property.GetCustomAttribute<RangeAttribute>() is { } range && type == typeof(int))
        {
            field.AtLeast(Convert.ToDouble(range.Minimum, null)).NotAbove(Convert.ToDouble(range.Maximum, null));
        }

        return required || (property.PropertyType.IsValueType && type == property.PropertyType) ? field : field.Optional();
    }

    private static Field TextRules(PropertyInfo property, bool required)
    {
        var field = property.GetCustomAttribute<UrlAttribute>() is not null ? Is.Text().AndUrl() : Is.Text();
        if (property.GetCustomAttribute<MinLengthAttribute>() is { } min)
        {
            field.AtLeastLong(min.Length);
        }

        if (property.GetCustomAttribute<MaxLengthAttribute>() is { } max)
        {
            field.AtMost(max.Length);
        }

        return required ? field.NotBlank() : field;
    }
}
