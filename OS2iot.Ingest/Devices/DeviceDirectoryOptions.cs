using System.ComponentModel.DataAnnotations;

namespace OS2iot.Ingest.Devices;

/// <summary>How much Ingest remembers of the devices.</summary>
internal sealed class DeviceDirectoryOptions
{
    public const string Section = "DeviceDirectory";

    /// <summary>Devices remembered, known and unknown keys together. About 300 bytes each.</summary>
    [Range(100, 10_000_000)]
    public int Capacity { get; set; } = 200_000;

    /// <summary>After this a device is looked up again even if nobody told of a change.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KnownFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a key that nobody has is refused without asking the database again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan UnknownFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Look-ups under way at once. More wait; a flood of made-up keys can't take every database connection.</summary>
    [Range(1, 1000)]
    public int ConcurrentLookups { get; set; } = 16;
}
