using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using OS2iot.Core.Database;

namespace OS2iot.Core.Audit;

/// <summary>A property as the audit log shows it. What is neither plain nor declared is shown as a secret is: only that it is there.</summary>
internal sealed class AuditMember
{
    private const string Mask = "***";

    private static readonly string[] SecretEndings = ["Ciphertext", "Hash", "Key", "Password", "Secret"];

    private static readonly HashSet<Type> PlainTypes =
    [
        typeof(string), typeof(bool), typeof(int), typeof(long), typeof(double), typeof(decimal), typeof(Guid), typeof(DateTimeOffset),
        typeof(DateOnly), typeof(List<string>),
    ];

    private readonly AuditedJsonAttribute? _json;
    private readonly bool _isBytes;

    private AuditMember(IProperty property)
    {
        Property = property;
        _json = property.PropertyInfo?.GetCustomAttribute<AuditedJsonAttribute>();
        _isBytes = property.PropertyInfo?.GetCustomAttribute<AuditedBytesAttribute>() is not null;
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        IsSecret = IsSecretName(property.Name) || !(_isBytes || type.IsEnum || PlainTypes.Contains(type));
        IsJson = property.GetColumnType() == "jsonb" && type == typeof(string);
        Name = JsonNamingPolicy.CamelCase.ConvertName(IsSecret ? WithoutEnding(property.Name) : property.Name);
    }

    public IProperty Property { get; }

    /// <summary>In the log. A secret has the name of what is encrypted or hashed.</summary>
    public string Name { get; }

    public bool IsSecret { get; }

    /// <summary>Holds a JSON object, of which the log tells only the members that changed.</summary>
    public bool IsJson { get; }

    /// <summary>PostgreSQL can tell it without our help.</summary>
    public bool IsColumn => !IsSecret && !_isBytes && _json is null;

    /// <summary>Null for what stands in each row, changes by itself, or is no one's doing.</summary>
    public static AuditMember? Of(IProperty property) =>
        property.IsPrimaryKey() || property.PropertyInfo is not { } info || info.DeclaringType == typeof(Stamped)
            || info.GetCustomAttribute<NotAuditedAttribute>() is not null
            ? null
            : new AuditMember(property);

    public bool Differs(object? before, object? after) => !Property.GetValueComparer().Equals(before, after);

    public JsonNode? Show(object entity, object? value)
    {
        if (value is null || IsSecret)
        {
            return value is null ? null : Mask;
        }

        return IsJson ? ShowObject(entity, (string)value) : ShowPlain(value);
    }

    /// <summary>Both values, of an object only the members that differ.</summary>
    public (JsonNode? Before, JsonNode? After) ShowChange(object entity, object? before, object? after)
    {
        var (shownBefore, shownAfter) = (Show(entity, before), Show(entity, after));
        if (IsJson && (shownBefore, shownAfter) is (JsonObject old, JsonObject now))
        {
            // Held against each other as stored: a secret that was replaced is masked in both.
            var (storedBefore, storedAfter) = (JsonNode.Parse((string)before!)!.AsObject(), JsonNode.Parse((string)after!)!.AsObject());
            foreach (var name in old.Select(m => m.Key).Union(now.Select(m => m.Key)).ToList())
            {
                if (storedBefore.ContainsKey(name) == storedAfter.ContainsKey(name) && JsonNode.DeepEquals(storedBefore[name], storedAfter[name]))
                {
                    old.Remove(name);
                    now.Remove(name);
                }
            }
        }

        return (shownBefore, shownAfter);
    }

    private static bool IsSecretName(string name) => SecretEndings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    private static string WithoutEnding(string name) =>
        name.EndsWith("Ciphertext", StringComparison.Ordinal) ? name[..^"Ciphertext".Length]
        : name.EndsWith("Hash", StringComparison.Ordinal) ? name[..^"Hash".Length]
        : name;

    private JsonNode? ShowObject(object entity, string json)
    {
        JsonNode? shown;
        try
        {
            shown = JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return Mask;
        }

        if (shown is JsonObject members)
        {
            foreach (var (name, value) in members.ToList())
            {
                if (value is not null && (IsSecretName(name) || _json?.IsSecret(entity, name) == true))
                {
                    members[name] = Mask;
                }
            }
        }

        return shown;
    }

    private JsonNode? ShowPlain(object value)
    {
        if (value is Enum && Property.GetTypeMapping().Converter?.ConvertToProvider(value) is string word)
        {
            return word;
        }

        return value switch
        {
            string text => text,
            bool flag => flag,
            int number => number,
            long number => number,
            double number => double.IsFinite(number) ? number : null,
            decimal number => number,
            Guid id => id.ToString(),
            DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
            Enum word2 => word2.ToString(),
            byte[] bytes => Convert.ToHexStringLower(bytes),
            List<string> texts => new JsonArray([.. texts.Select(t => JsonValue.Create(t))]),
            _ => Mask,
        };
    }
}
