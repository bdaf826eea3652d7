using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.ChirpStack;

/// <summary>How we reach ChirpStack. Checked when the host starts.</summary>
public sealed class ChirpStackOptions : IValidatableObject
{
    public const string Section = "ChirpStack";

    /// <summary>Where its API listens, such as http://chirpstack:8080. Without one nothing is sent there, and LoRaWAN exists in our database only.</summary>
    public Uri? Address { get; set; }

    /// <summary>A key of a global administrator. <c>CHIRPSTACK_API_KEY</c> is an older name of it.</summary>
    public string? ApiKey { get; set; }

    /// <summary>A file with the key, which goes before <see cref="ApiKey"/> once it is there; it may come later than we do.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>How long one call may take, tries included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:02:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>The tenant there that everything of ours belongs to; made when there is none of the name.</summary>
    [Required, MaxLength(100)]
    public string TenantName { get; set; } = "OS2iot";

    /// <summary>How often gateways tell how they are, in seconds.</summary>
    [Range(5, 3600)]
    public int StatsInterval { get; set; } = 30;

    public bool IsConfigured => Address is not null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Address is not null && (!Address.IsAbsoluteUri || Address.Scheme is not ("http" or "https")
            || Address.Query.Length > 0 || Address.UserInfo.Length > 0 || Address.AbsolutePath != "/"))
        {
            yield return new ValidationResult($"{Section}:{nameof(Address)} must be an address such as http://chirpstack:8080.");
        }

        if (Address is not null && string.IsNullOrWhiteSpace(ApiKey) && string.IsNullOrWhiteSpace(ApiKeyFile))
        {
            yield return new ValidationResult(
                $"Set {Section}:{nameof(ApiKey)} (or CHIRPSTACK_API_KEY) to a key that 'chirpstack create-api-key' made, or {Section}:{nameof(ApiKeyFile)} to the file that holds it.");
        }
    }
}
