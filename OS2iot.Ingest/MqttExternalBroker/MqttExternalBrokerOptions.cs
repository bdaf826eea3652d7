using System.ComponentModel.DataAnnotations;

namespace OS2iot.Ingest.MqttExternalBroker;

/// <summary>How we listen at brokers that users name.</summary>
internal sealed class MqttExternalBrokerOptions
{
    public const string Section = "MqttExternalBroker";

    /// <summary>Bytes of one message; a larger one is dropped.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxPayload { get; set; } = 100 * 1024;

    /// <summary>Messages of one broker that wait for the log at once.</summary>
    [Range(1, 1000)]
    public int MaxInFlight { get; set; } = 20;

    /// <summary>How long a broker should keep messages for us while we are away.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The longest time between two tries.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan LongestBackOff { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A host whose name nobody knows for this long is given up.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan UnknownHostPatience { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A broker that took these settings before, and now refuses them for this long, is given up. Without a connection before it is at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan RefusalPatience { get; set; } = TimeSpan.FromMinutes(15);
}
