using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Api.DataTargets;

/// <summary>
/// Carries a type's settings over the wire, where they stand beside the target's own members. Rules come from the annotations of
/// the settings, so that a new type needs nothing here.
/// </summary>
internal sealed class DataTargetShapes(DataTargetSettings settings, EgressCheck egress)
{
    private static readonly Dictionary<string, Shape> NewShapes = ShapesOf(isNew: true);

    private static readonly Dictionary<string, Shape> ChangeShapes = ShapesOf(isNew: false);

    /// <summary>What a body that makes a target of its type must hold; null where there is no such type.</summary>
    public static Shape? OfNew(JsonElement body) => Find(NewShapes, body);

    /// <summary>The same for a body that changes one: there a secret may stay away, which leaves the stored one.</summary>
    public static Shape? OfChange(JsonElement body) => Find(ChangeShapes, body);

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

    /// <summary>The settings to store: those that were there, changed by what was sent.</summary>
    /// <param name="type">The target's type.</param>
    /// <param name="stored">What is stored now; null for a new target.</param>
    /// <param name="sent">The members of the request.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Refusal">They lead to an address that we do not connect to.</exception>
    public async Task<string> MergeAsync(DataTargetType type, string? stored, IReadOnlyDictionary<string, JsonElement> sent, CancellationToken ct)
    {
        var before = stored is null ? Activator.CreateInstance(type.SettingsType)! : settings.Read(type, stored);
        var merged = JsonSerializer.SerializeToNode(before, type.SettingsType, JsonSerializerOptions.Web)!.AsObject();
        var secrets = DataTargetSettings.SecretsOf(type).ToHashSet();
        foreach (var property in type.SettingsType.GetProperties())
        {
            var name = NameOf(property);
            if (sent.TryGetValue(name, out var value) && !(secrets.Contains(property) && LeavesSecret(property, name, value, sent)))
            {
                merged[name] = JsonSerializer.SerializeToNode(value);
            }
        }

        var after = Deserialize(merged, type);
        await CheckDestinationsAsync(stored is null ? null : before, after, ct);
        return settings.Write(type, after, stored);
    }

    /// <summary>
    /// An empty secret leaves the stored one. So does null where nothing else is allowed, and where the body says that it is set: it
    /// then is our own answer, sent back.
    /// </summary>
    private static bool LeavesSecret(PropertyInfo property, string name, JsonElement value, IReadOnlyDictionary<string, JsonElement> sent) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString() == "",
            JsonValueKind.Null => IsRequired(property) || (sent.TryGetValue(name + "Set", out var isSet) && isSet.ValueKind == JsonValueKind.True),
            _ => false,
        };

    private static object Deserialize(JsonObject merged, DataTargetType type)
    {
        try
        {
            return merged.Deserialize(type.SettingsType, JsonSerializerOptions.Web)!;
        }
        catch (JsonException exception)
        {
            throw Refusal.BadRequest($"{exception.Path} is not of the expected type");
        }
    }

    /// <summary>Addresses that were there before are not judged again: other members can still be changed.</summary>
    private async Task CheckDestinationsAsync(object? before, object after, CancellationToken ct)
    {
        var known = before is IHasDestinations former ? former.Destinations.ToHashSet() : [];
        foreach (var address in after is IHasDestinations now ? now.Destinations.Where(a => !known.Contains(a)) : [])
        {
            if (await egress.WhyNotAsync(address, ct) is { } why)
            {
                throw Refusal.BadRequest(why);
            }
        }
    }

    private static Dictionary<string, Shape> ShapesOf(bool isNew) => DataTargetTypes.All.ToDictionary(
        t => t.Name, t => new Shape(t.SettingsType.GetProperties().Select(p => KeyValuePair.Create(NameOf(p), Rules(p, isNew)))));

    private static Shape? Find(Dictionary<string, Shape> shapes, JsonElement body) =>
        Shape.Member(body, "type") is { ValueKind: JsonValueKind.String } type && shapes.TryGetValue(type.GetString()!, out var shape)
            ? shape
            : null;

    private static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
        ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private static bool IsRequired(PropertyInfo property) =>
        property.GetCustomAttribute<RequiredAttribute>() is not null
        || (property.PropertyType.IsValueType && Nullable.GetUnderlyingType(property.PropertyType) is null);

    private static Field Rules(PropertyInfo property, bool isNew)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var field = type == typeof(string) ? TextRules(property)
            : type == typeof(int) ? NumberRules(property)
            : type == typeof(bool) ? Is.Boolean()
            : type.IsEnum ? Is.OneOf(Enum.GetNames(type))
            : Is.Anything();
        var isSecret = property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password;
        if (IsRequired(property) && (isNew || !isSecret))
        {
            return field;
        }

        // Forms send what was not filled in as an empty text.
        var name = NameOf(property);
        return field.Optional().When(body => Shape.Member(body, name) is not { ValueKind: JsonValueKind.String } text || text.GetString() != "");
    }

    private static Field NumberRules(PropertyInfo property)
    {
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
        {
            return new Field().Rule(
                "isEnum", v => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out var n) && allowed.Values.Contains(n),
                p => $"{p} must be one of the following values: {string.Join(", ", allowed.Values)}");
        }

        var range = property.GetCustomAttribute<RangeAttribute>();
        var (min, max) = range is null ? (int.MinValue, int.MaxValue) : ((int)range.Minimum, (int)range.Maximum);
        return property.GetCustomAttribute<JsonNumberHandlingAttribute>()?.Handling == JsonNumberHandling.AllowReadingFromString
            ? LenientNumber(min, max)
            : range is null ? Is.Integer() : Is.Integer().AtLeast(min).NotAbove(max);
    }

    /// <summary>A whole number, or a text of digits.</summary>
    private static Field LenientNumber(int min, int max) => new Field()
        .Rule("isInt", v => Lenient(v) is not null, p => $"{p} must be an integer number")
        .Rule("min", v => Lenient(v) >= min, p => $"{p} must not be less than {min}")
        .Rule("max", v => Lenient(v) <= max, p => $"{p} must not be greater than {max}");

    private static long? Lenient(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var number) => number,
        JsonValueKind.String when long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static Field TextRules(PropertyInfo property)
    {
        var field = property.GetCustomAttribute<UrlAttribute>() is not null
            ? Is.Text().AndUrl([.. property.GetCustomAttribute<SchemesAttribute>()?.Schemes ?? []])
            : Is.Text();
        if (property.GetCustomAttribute<MinLengthAttribute>() is { } min)
        {
            field.AtLeastLong(min.Length);
        }

        if (property.GetCustomAttribute<MaxLengthAttribute>() is { } max)
        {
            field.AtMost(max.Length);
        }

        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern)
        {
            // Takes time in proportion to the text: a limit of time would refuse a good text where a machine is busy.
            var regex = new Regex(pattern.Pattern, RegexOptions.NonBacktracking);
            field.Rule(
                "matches", v => v.ValueKind == JsonValueKind.String && regex.IsMatch(v.GetString()!),
                p => $"{p} must match /{pattern.Pattern}/ regular expression");
        }

        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
        {
            field.AndOneOf([.. allowed.Values.OfType<string>()]);
        }

        return IsRequired(property) ? field.NotBlank() : field;
    }
}
