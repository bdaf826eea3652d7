using System.ComponentModel.DataAnnotations;

namespace OS2iot.Portal.Auth;

internal sealed class PortalOptions : IValidatableObject
{
    public const string Section = "Portal";

    /// <summary>
    /// Where the keys of the cookies are kept, so that sessions outlive a restart and are shared by several portals. Without it
    /// everybody signs in again after a restart.
    /// </summary>
    public string? KeysDirectory { get; set; }

    /// <summary>In which times are shown.</summary>
    [Required]
    public string TimeZone { get; set; } = "Europe/Copenhagen";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            yield return new ValidationResult($"Portal:TimeZone names no time zone of this machine: {TimeZone}.");
        }
    }
}
