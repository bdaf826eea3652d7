using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.Messaging;

/// <summary>How the log is used. Checked when the host starts.</summary>
public sealed class LogOptions
{
    public const string Section = "Messaging";

    /// <summary>The most that a record's key, headers and value may have together; what a Kafka broker takes by default.</summary>
    public const int MaxRecordBytes = 1_000_000;

    /// <summary>For topics that are created in Kafka. The tables of the PostgreSQL log know their own number.</summary>
    [Range(1, 256)]
    public int Partitions { get; set; } = 8;

    /// <summary>An append that is not confirmed within this time fails.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan AppendTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of records that wait to be appended, per topic. Beyond it appends fail at once instead of filling the memory.</summary>
    [Range(1_000_000, 1_000_000_000)]
    public int MaxWaitingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>A reader that was not heard of for this time loses its partitions to other members of its group.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Readers look for new records this often when no notice of them arrives.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What a handler has to finish in once the host was asked to stop.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Read records are kept at least this long. PostgreSQL only: in Kafka it is a setting of the topic.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(3);

    /// <summary>A handler that failed gets the same records again after this time, then twice that, and so on.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan FirstBackOff { get; set; } = TimeSpan.FromSeconds(1);

    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan LongestBackOff { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Further settings of the Kafka client, by librdkafka's names: how it authenticates, and over what.</summary>
    public Dictionary<string, string> Kafka { get; } = [];
}
