using System.ComponentModel.DataAnnotations;

namespace OS2iot.Api.Messages;

/// <summary>Streams of messages to people who watch.</summary>
internal sealed class LiveMessagesOptions
{
    public const string Section = "LiveMessages";

    /// <summary>How often a stream shows that it is alive and asks whether its watcher may still see the device.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Streams that one host carries at a time.</summary>
    [Range(1, 100_000)]
    public int MaxStreams { get; set; } = 500;

    [Range(1, 1000)]
    public int MaxStreamsPerUser { get; set; } = 20;
}
