using System.ComponentModel.DataAnnotations;

namespace OS2iot.Workers.NetworkEvents;

/// <summary>How long what networks tell can be looked at.</summary>
internal sealed class NetworkEventOptions
{
    public const string Section = "NetworkEvents";

    /// <summary>Joins, acknowledgements, logs, gateways' reports. Whole days; older days are dropped at once.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 14;

    /// <summary>Which gateways heard which uplink. Statistics go back as far.</summary>
    [Range(1, 3650)]
    public int ReceptionsRetentionDays { get; set; } = 31;

    /// <summary>Comings and goings of gateways.</summary>
    [Range(1, 3650)]
    public int GatewayHistoryRetentionDays { get; set; } = 90;

    /// <summary>A gateway that tells nothing for so long is away, whether or not it said so.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "7.00:00:00")]
    public TimeSpan GatewayAwayAfter { get; set; } = TimeSpan.FromSeconds(150);
}
