using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.Uplinks;

/// <summary>How long messages can be looked at and sent again.</summary>
public sealed class HistoryOptions : IValidatableObject
{
    public const string Section = "History";

    /// <summary>Whole days, for organizations that chose nothing.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 90;

    /// <summary>The most that an organization may choose; null for no more than <see cref="RetentionDays"/>.</summary>
    [Range(1, 3650)]
    public int? MaxRetentionDays { get; set; }

    public int LongestRetentionDays => MaxRetentionDays ?? RetentionDays;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LongestRetentionDays < RetentionDays)
        {
            yield return new ValidationResult("History:MaxRetentionDays must not be less than History:RetentionDays.");
        }
    }
}
