using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using OS2iot.Core.DataTargets;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Pages.DataTargets;

/// <summary>One field of a type's form, drawn from the annotations of its settings: a new type needs no form of its own.</summary>
internal sealed record SettingField(string Name, string Label, string? Hint, string InputType, bool Required, int? Max, bool IsSecret, object? Default)
{
    private static readonly Type[] Numbers = [typeof(int), typeof(long), typeof(double)];

    public bool IsNumber => InputType == "number";

    /// <exception cref="MissingException">There is no such type.</exception>
    public static IReadOnlyList<SettingField> Of(string type)
    {
        var settings = (DataTargetTypes.Find(type) ?? throw new MissingException()).SettingsType;
        var defaults = Activator.CreateInstance(settings);
        return [.. settings.GetProperties().Select(p => From(p, defaults))];
    }

    private static SettingField From(PropertyInfo property, object? defaults)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var isSecret = property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password;
        return new SettingField(
            name,
            DataTargetTexts.Settings.TryGetValue(name, out var label) ? label : property.GetCustomAttribute<DisplayAttribute>()?.Name ?? property.Name,
            DataTargetTexts.Hints.TryGetValue(name, out var hint) ? hint.ToString() : null,
            isSecret ? "password" : property.GetCustomAttribute<UrlAttribute>() is not null ? "url" : Numbers.Contains(kind) ? "number" : "text",
            property.GetCustomAttribute<RequiredAttribute>() is not null || (property.PropertyType.IsValueType && kind == property.PropertyType),
            property.GetCustomAttribute<MaxLengthAttribute>()?.Length,
            isSecret,
            property.GetValue(defaults));
    }
}
