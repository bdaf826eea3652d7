using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using OS2iot.Core.Secrets;

namespace OS2iot.Core.DataTargets;

/// <summary>
/// Reads and writes <see cref="DataTarget.Settings"/>. In the database members marked as passwords are encrypted; in memory they
/// are clear.
/// </summary>
public sealed class DataTargetSettings(SecretProtector protector)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The members that are never sent back.</summary>
    public static IEnumerable<PropertyInfo> SecretsOf(DataTargetType type) => type.SettingsType.GetProperties()
        .Where(p => p.PropertyType == typeof(string) && p.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password);

    /// <summary>The JSON to store. <paramref name="settings"/> stays as it is.</summary>
    /// <param name="type">The target's type.</param>
    /// <param name="settings">Clear.</param>
    /// <param name="stored">What is stored now, of which secrets that did not change stay as they are.</param>
    public string Write(DataTargetType type, object settings, string? stored = null)
    {
        var copy = JsonSerializer.Deserialize(JsonSerializer.Serialize(settings, type.SettingsType, Json), type.SettingsType, Json)!;
        var before = stored is null ? null : JsonSerializer.Deserialize(stored, type.SettingsType, Json);
        foreach (var secret in SecretsOf(type))
        {
            if (secret.GetValue(copy) is string { Length: > 0 } value)
            {
                secret.SetValue(copy, protector.Protect(value, before is null ? null : (string?)secret.GetValue(before)));
            }
        }

        return JsonSerializer.Serialize(copy, type.SettingsType, Json);
    }

    /// <exception cref="CryptographicException">A secret was encrypted with keys that are gone.</exception>
    public object Read(DataTargetType type, string stored)
    {
        var settings = JsonSerializer.Deserialize(stored, type.SettingsType, Json)
            ?? throw new JsonException($"Settings of a {type.Name} target are null.");
        foreach (var secret in SecretsOf(type))
        {
            if (secret.GetValue(settings) is string { Length: > 0 } value)
            {
                secret.SetValue(settings, protector.Unprotect(value));
            }
        }

        return settings;
    }
}
