namespace OS2iot.Core.Messaging;

/// <summary>A named, partitioned stream of the log. Records with one key are in one partition and stay in order there.</summary>
/// <param name="Name">The name in Kafka and in the tables of the PostgreSQL log.</param>
public sealed record LogTopic(string Name)
{
    /// <summary>What devices sent, as received. Key: device id.</summary>
    public static readonly LogTopic Uplinks = new("uplinks");

    /// <summary>The result of one decoder for one uplink. Key: device id.</summary>
    public static readonly LogTopic UplinksDecoded = new("uplinks-decoded");

    /// <summary>Joins, acknowledgements, status and gateway states. Key: device id or gateway id.</summary>
    public static readonly LogTopic NetworkEvents = new("network-events");

    /// <summary>Downlinks that somebody asked for. Key: device id.</summary>
    public static readonly LogTopic Downlinks = new("downlinks");

    /// <summary>Every topic there is; the log creates them before the hosts start.</summary>
    public static readonly IReadOnlyList<LogTopic> All = [Uplinks, UplinksDecoded, NetworkEvents, Downlinks];

    public override string ToString() => Name;
}
