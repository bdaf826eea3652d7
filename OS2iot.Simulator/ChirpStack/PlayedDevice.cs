using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Simulator.ChirpStack;

/// <summary>A device as the simulated ChirpStack knows it, and the radio in the field that goes with it.</summary>
internal sealed class PlayedDevice
{
    public required Device Device { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? LastSeenAt { get; set; }

    public DeviceKeys? Keys { get; set; }

    public DeviceActivation? Activation { get; set; }

    public DeviceStatus? Status { get; set; }

    public List<DeviceQueueItem> Queue { get; } = [];

    public uint NextFCntDown { get; set; }

    /// <summary>The last uplink, to hear it once more.</summary>
    public (string Topic, string Event)? LastUplink { get; set; }

    /// <summary>By day: uplinks, and the sums of their best signals.</summary>
    public SortedDictionary<DateOnly, (int Count, double Rssi, double Snr, Dictionary<int, int> PerDr)> Days { get; } = [];
}

internal sealed class PlayedGateway
{
    public required Gateway Gateway { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>By day: packets heard and sent.</summary>
    public SortedDictionary<DateOnly, (int Rx, int Tx)> Days { get; } = [];
}

internal sealed class PlayedGroup
{
    public required MulticastGroup Group { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public SortedSet<string> DevEuis { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> GatewayIds { get; } = new(StringComparer.Ordinal);

    public List<MulticastGroupQueueItem> Queue { get; } = [];
}

internal sealed record PlayedApplication(Application Application, DateTimeOffset CreatedAt);

internal sealed record PlayedProfile(DeviceProfile Profile, DateTimeOffset CreatedAt);

internal sealed record PlayedTenant(Tenant Tenant, DateTimeOffset CreatedAt);
