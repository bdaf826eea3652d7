using OS2iot.Core.ChirpStack;
using OS2iot.Core.NetworkEvents;

namespace OS2iot.Ingest.ChirpStack;

/// <summary>What a topic of ChirpStack or of a gateway says that a message is.</summary>
/// <param name="Eui">The device or the gateway, 16 lower-case hex digits.</param>
/// <param name="Kind">What happened; null for an uplink.</param>
internal sealed record ChirpStackTopic(string Eui, NetworkEventKind? Kind)
{
    /// <summary>Everything we listen to. Gateways' topics may begin with the name of their region.</summary>
    public static readonly IReadOnlyList<string> Filters =
    [
        "application/+/device/+/event/+",
        "gateway/+/state/conn", "+/gateway/+/state/conn",
        "gateway/+/event/stats", "+/gateway/+/event/stats",
    ];

    public bool IsUplink => Kind is null;

    public bool IsOfGateway => Kind is NetworkEventKind.GatewayState or NetworkEventKind.GatewayStats;

    /// <returns>Null where it is none of ours, such as an event that means nothing to us.</returns>
    public static ChirpStackTopic? Parse(string topic)
    {
        var parts = topic.Split('/');
        var unprefixed = parts.Length == 5 ? parts[1..] : parts;
        return (parts, unprefixed) switch
        {
            (["application", _, "device", var eui, "event", var word], _) => OfDevice(eui, word),
            (_, ["gateway", var eui, "state", "conn"]) => OfGateway(eui, NetworkEventKind.GatewayState),
            (_, ["gateway", var eui, "event", "stats"]) => OfGateway(eui, NetworkEventKind.GatewayStats),
            _ => null,
        };
    }

    private static ChirpStackTopic? OfDevice(string text, string word)
    {
        if (ChirpStackEvent.EuiOf(text) is not { } eui)
        {
            return null;
        }

        if (word == "up")
        {
            return new ChirpStackTopic(eui, null);
        }

        return NetworkEventKinds.TryParse(word, out var kind) && kind is not (NetworkEventKind.GatewayState or NetworkEventKind.GatewayStats)
            ? new ChirpStackTopic(eui, kind)
            : null;
    }

    private static ChirpStackTopic? OfGateway(string text, NetworkEventKind kind) =>
        ChirpStackEvent.EuiOf(text) is { } eui ? new ChirpStackTopic(eui, kind) : null;
}
