using System.ComponentModel.DataAnnotations;

namespace OS2iot.Workers.Audit;

/// <summary>How long the audit log is kept. Checked when the host starts.</summary>
internal sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>Not less than a year, below which the database refuses to remove anything.</summary>
    [Range(typeof(TimeSpan), "366.00:00:00", "36525.00:00:00", ErrorMessage = "Audit:Retention must be between 366 days and 100 years, such as 1826.00:00:00.")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(5 * 365 + 1);
}
