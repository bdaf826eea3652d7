using System.ComponentModel.DataAnnotations;

namespace OS2iot.Ingest.GenericHttp;

/// <summary>What a device that posts to us may do.</summary>
internal sealed class GenericHttpOptions
{
    public const string Section = "GenericHttp";

    /// <summary>Bytes of one body. With its headers it must fit the log.</summary>
    [Range(1024, 900 * 1024)]
    public int MaxBodySize { get; set; } = 100 * 1024;

    /// <summary>What we ask a device to wait when the log is away.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(5);
}
