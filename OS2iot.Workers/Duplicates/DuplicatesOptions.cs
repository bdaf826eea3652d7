using System.ComponentModel.DataAnnotations;

namespace OS2iot.Workers.Duplicates;

/// <summary>How long a network may repeat a message.</summary>
internal sealed class DuplicatesOptions
{
    public const string Section = "Duplicates";

    /// <summary>A message with the same id of its network is a repeat within this time, and a new one after it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(24);
}
