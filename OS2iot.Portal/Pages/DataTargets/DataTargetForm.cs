using System.Globalization;

namespace OS2iot.Portal.Pages.DataTargets;

/// <summary>A data target of any type as a user fills it in.</summary>
internal sealed class DataTargetForm
{
    public string? Name { get; set; }

    /// <summary>The type's settings by their names on the wire. An empty secret leaves the stored one.</summary>
    public Dictionary<string, string?> Settings { get; set; } = [];

    /// <summary>Names of secrets to remove.</summary>
    public string[] Remove { get; set; } = [];

    public static DataTargetForm From(DataTarget target) => new()
    {
        Name = target.Name,
        Settings = SettingField.Of(target.Type).Where(f => !f.IsSecret).ToDictionary(f => f.Name, f => target.Text(f.Name)),
    };

    public static DataTargetForm Empty(string type) => new()
    {
        Settings = SettingField.Of(type).Where(f => !f.IsSecret).ToDictionary(f => f.Name, f => Convert.ToString(f.Default, CultureInfo.InvariantCulture)),
    };

    public Dictionary<string, object?> ToRequest(string type, int applicationId)
    {
        var request = new Dictionary<string, object?> { ["name"] = Name ?? "", ["applicationId"] = applicationId, ["type"] = type };
        foreach (var field in SettingField.Of(type))
        {
            var text = Settings.GetValueOrDefault(field.Name)?.Trim();
            if (field.IsSecret && string.IsNullOrEmpty(text))
            {
                if (Remove.Contains(field.Name))
                {
                    request[field.Name] = null;
                }
            }
            else
            {
                request[field.Name] = field.IsNumber && long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : text ?? "";
            }
        }

        return request;
    }
}
