using System.ComponentModel.DataAnnotations;

namespace OS2iot.Ingest.Limits;

/// <summary>How much a sender may send to one instance of Ingest. A rate of 0 is no limit.</summary>
internal sealed class LimitsOptions
{
    public const string Section = "Limits";

    /// <summary>Messages a second of one device, over time.</summary>
    [Range(0, 1_000_000)]
    public double DevicePerSecond { get; set; } = 10;

    /// <summary>Messages of one device at once, after a pause.</summary>
    [Range(1, 1_000_000)]
    public int DeviceBurst { get; set; } = 60;

    /// <summary>Requests a second from one address; of IPv6 from one /64. Clouds of device makers send for many devices.</summary>
    [Range(0, 1_000_000)]
    public double AddressPerSecond { get; set; } = 2_000;

    [Range(1, 1_000_000)]
    public int AddressBurst { get; set; } = 10_000;

    /// <summary>Requests a second from one address with keys that nobody has.</summary>
    [Range(0, 1_000_000)]
    public double UnknownPerSecond { get; set; } = 1;

    [Range(1, 1_000_000)]
    public int UnknownBurst { get; set; } = 60;

    /// <summary>Messages of an organization's devices in a minute, where the organization has no number of its own.</summary>
    [Range(0, int.MaxValue)]
    public int OrganizationPerMinute { get; set; } = 60_000;

    /// <summary>Messages of an organization's devices in a day by UTC, at all instances together, where the organization has no number of its own.</summary>
    [Range(0, int.MaxValue)]
    public int OrganizationPerDay { get; set; }

    /// <summary>How often instances tell each other what organizations sent.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan QuotaInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a message's repeat with the same id of its network is answered from memory.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan DuplicateWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Ids of messages remembered for that. About 50 bytes each; what is forgotten is found by Workers.</summary>
    [Range(100, 10_000_000)]
    public int DuplicateCapacity { get; set; } = 200_000;
}
