using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>A login at Sigfox as a user fills it in.</summary>
internal sealed class SigfoxGroupForm
{
    public static readonly string[] Fields = ["username", "password"];

    public string? Username { get; set; }

    public string? Password { get; set; }
}

/// <summary>A device type at Sigfox as a user fills it in.</summary>
internal sealed class SigfoxTypeForm
{
    public static readonly string[] Fields = ["name", "description", "contractId", "keepAlive", "alertEmail"];

    public string? Name { get; set; }

    public string? Description { get; set; }

    public string? ContractId { get; set; }

    /// <summary>Hours.</summary>
    public string? KeepAlive { get; set; }

    public string? AlertEmail { get; set; }

    public static SigfoxTypeForm From(SigfoxType type) => new()
    {
        Name = type.Name,
        Description = type.Description,
        ContractId = type.Contract?.Id,
        KeepAlive = type.KeepAlive is > 0 and var seconds ? (seconds / 3600.0).ToString("0.##", CultureInfo.InvariantCulture) : null,
        AlertEmail = type.AlertEmail,
    };

    /// <summary>Finds what can't be sent at all; everything else is the Api's to judge.</summary>
    public bool IsReadable(ModelStateDictionary state)
    {
        if (!string.IsNullOrWhiteSpace(KeepAlive) && Hours() is null)
        {
            state.AddModelError("Form.KeepAlive", Components.ProblemTexts.NotANumber);
        }

        return state.IsValid;
    }

    public Dictionary<string, object?> ToRequest()
    {
        var request = new Dictionary<string, object?> { ["name"] = Name ?? "", ["description"] = Description ?? "", ["contractId"] = ContractId ?? "" };
        if (Hours() is { } hours)
        {
            request["keepAlive"] = (int)Math.Round(hours * 3600);
        }

        if (!string.IsNullOrWhiteSpace(AlertEmail))
        {
            request["alertEmail"] = AlertEmail.Trim();
        }

        return request;
    }

    private double? Hours() =>
        double.TryParse(KeepAlive?.Trim().Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var hours) && hours is >= 0 and < 10_000
            ? hours
            : null;
}

/// <summary>A device that Sigfox has already.</summary>
internal sealed class ConnectForm
{
    public string? SigfoxId { get; set; }

    public string? Name { get; set; }
}

/// <summary>Devices that Sigfox does not have yet: one on each line.</summary>
internal sealed class RegisterForm
{
    private const int LeastParts = 3;

    public string? DeviceTypeId { get; set; }

    /// <summary>Id; name; PAC; certificate. Without a certificate it is a prototype.</summary>
    public string? Lines { get; set; }

    /// <returns>The number of the first line that is none; null when all are.</returns>
    public int? FirstWrong() => Rows().Where(r => r.Parts.Length < LeastParts || r.Parts.Take(LeastParts).Any(p => p.Length == 0)).Select(r => (int?)r.Number).FirstOrDefault();

    public bool IsEmpty() => !Rows().Any();

    public IReadOnlyList<object> ToRows() => [.. Rows().Select(r => new
    {
        deviceId = r.Parts[0],
        name = r.Parts[1],
        pac = r.Parts[2],
        endProductCertificate = r.Parts.ElementAtOrDefault(3) is { Length: > 0 } certificate ? certificate : null,
        prototype = string.IsNullOrEmpty(r.Parts.ElementAtOrDefault(3)),
    })];

    private IEnumerable<(int Number, string[] Parts)> Rows() => (Lines ?? "").Split('\n')
        .Select((line, i) => (Number: i + 1, Parts: line.Split([';', '\t'], StringSplitOptions.TrimEntries)))
        .Where(r => r.Parts is not [""]);
}
