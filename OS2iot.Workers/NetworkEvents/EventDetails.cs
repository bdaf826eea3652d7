using System.Text.Json;

namespace OS2iot.Workers.NetworkEvents;

/// <summary>The members of events that something follows from. Those of other kinds are missing.</summary>
internal sealed record EventDetails
{
    /// <summary>Far more than a gateway hears between two reports.</summary>
    private const int MaxPackets = 1_000_000;

    public string? DevAddr { get; private init; }

    /// <summary>Percent.</summary>
    public double? BatteryLevel { get; private init; }

    public bool HasExternalPower { get; private init; }

    /// <summary>dB.</summary>
    public int Margin { get; private init; }

    public bool IsOnline { get; private init; }

    public int Received { get; private init; }

    public int Emitted { get; private init; }

    /// <summary>The network's own id of a downlink.</summary>
    public string? QueueItemId { get; private init; }

    public bool Acknowledged { get; private init; }

    public long? FCntDown { get; private init; }

    /// <summary>Of a log: INFO, WARNING or ERROR.</summary>
    public string? Level { get; private init; }

    /// <summary>Of a log: such as DOWNLINK_PAYLOAD_SIZE.</summary>
    public string? Code { get; private init; }

    /// <summary>Of a log.</summary>
    public string? Description { get; private init; }

    /// <returns>Null where it is no JSON object.</returns>
    public static EventDetails? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static EventDetails Read(JsonElement root)
    {
        // In a log it is a part of what surrounds the event.
        var item = Text(root, "queueItemId") ?? (Member(root, "context") is { ValueKind: JsonValueKind.Object } context ? Text(context, "queue_item_id") : null);
        return new EventDetails
        {
            DevAddr = Text(root, "devAddr") is { Length: 8 } address ? address.ToLowerInvariant() : null,
            BatteryLevel = IsTrue(root, "batteryLevelUnavailable") || IsTrue(root, "externalPowerSource") ? null : Percent(Number(root, "batteryLevel") ?? 0),
            HasExternalPower = IsTrue(root, "externalPowerSource"),
            Margin = (int)Math.Clamp(Number(root, "margin") ?? 0, -128, 127),
            IsOnline = Member(root, "state") is { } state && (state.ValueKind == JsonValueKind.String ? state.GetString() == "ONLINE" : state.ValueKind == JsonValueKind.Number && state.GetDouble() == 1),
            Received = Packets(root, "rxPacketsReceived"),
            Emitted = Packets(root, "txPacketsEmitted"),
            QueueItemId = item is { Length: > 0 and <= 100 } ? item : null,
            Acknowledged = IsTrue(root, "acknowledged"),
            FCntDown = (long?)Number(root, "fCntDown"),
            Level = Text(root, "level"),
            Code = Text(root, "code"),
            Description = Text(root, "description"),
        };
    }

    private static JsonElement? Member(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool IsTrue(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.True };

    private static double? Number(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var read) && double.IsFinite(read) ? read : null;

    private static double? Percent(double value) => value is >= 0 and <= 100 ? Math.Round(value, 2) : null;

    private static int Packets(JsonElement parent, string name) => (int)Math.Clamp(Number(parent, name) ?? 0, 0, MaxPackets);
}
