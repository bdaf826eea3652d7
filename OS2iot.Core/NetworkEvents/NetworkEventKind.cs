namespace OS2iot.Core.NetworkEvents;

public enum NetworkEventKind
{
    /// <summary>A device joined the network.</summary>
    Join,

    /// <summary>A device told its battery and how well it is heard.</summary>
    Status,

    /// <summary>A device acknowledged a downlink, or should have and did not.</summary>
    Ack,

    /// <summary>A gateway sent a downlink.</summary>
    TxAck,

    /// <summary>The network wrote into a device's log.</summary>
    Log,

    /// <summary>The network computed where a device is.</summary>
    Location,

    /// <summary>A gateway came or went.</summary>
    GatewayState,

    /// <summary>A gateway told what it heard and sent.</summary>
    GatewayStats,
}

/// <summary>The kinds as they are written.</summary>
public static class NetworkEventKinds
{
    private static readonly Dictionary<string, NetworkEventKind> Words = new(StringComparer.Ordinal)
    {
        ["join"] = NetworkEventKind.Join,
        ["status"] = NetworkEventKind.Status,
        ["ack"] = NetworkEventKind.Ack,
        ["txack"] = NetworkEventKind.TxAck,
        ["log"] = NetworkEventKind.Log,
        ["location"] = NetworkEventKind.Location,
        ["conn"] = NetworkEventKind.GatewayState,
        ["stats"] = NetworkEventKind.GatewayStats,
    };

    public static IReadOnlyCollection<string> All => Words.Keys;

    public static string ToWire(this NetworkEventKind kind) => Words.First(w => w.Value == kind).Key;

    /// <exception cref="FormatException">There is no such kind.</exception>
    public static NetworkEventKind Parse(string word) =>
        Words.TryGetValue(word, out var kind) ? kind : throw new FormatException($"'{word}' is no kind of network event.");

    public static bool TryParse(string word, out NetworkEventKind kind) => Words.TryGetValue(word, out kind);
}
