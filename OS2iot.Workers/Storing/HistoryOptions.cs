using System.ComponentModel.DataAnnotations;

namespace OS2iot.Workers.Storing;

/// <summary>How long messages can be looked at and sent again.</summary>
internal sealed class HistoryOptions
{
    public const string Section = "History";

    /// <summary>Whole days; older days are dropped at once.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 90;
}
