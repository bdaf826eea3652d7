using System.ComponentModel.DataAnnotations;

namespace OS2iot.Ingest.Mqtt;

/// <summary>How we listen at our own broker.</summary>
internal sealed class MqttListenerOptions
{
    public const string Section = "MqttListener";

    /// <summary>
    /// Sessions of each subscription, over all instances of this host. With one, a device's messages stay in order; more share the work
    /// between instances, and a device's messages may overtake each other.
    /// </summary>
    [Range(1, 64)]
    public int Sessions { get; set; } = 1;

    /// <summary>Bytes of one message; a larger one is dropped.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxPayload { get; set; } = 100 * 1024;

    /// <summary>How long the broker keeps messages while no instance is there.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromDays(14);
}
