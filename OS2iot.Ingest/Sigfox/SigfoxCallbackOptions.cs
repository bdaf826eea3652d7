using System.ComponentModel.DataAnnotations;

namespace OS2iot.Ingest.Sigfox;

/// <summary>What Sigfox may post to us.</summary>
internal sealed class SigfoxCallbackOptions
{
    public const string Section = "SigfoxCallbacks";

    /// <summary>Bytes of one body.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxBodySize { get; set; } = 100 * 1024;

    /// <summary>What we ask Sigfox to wait when the log is away. It has a schedule of its own: 1, 2 and 4 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(60);
}
