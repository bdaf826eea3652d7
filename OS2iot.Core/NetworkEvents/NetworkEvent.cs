using System.Globalization;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;

namespace OS2iot.Core.NetworkEvents;

/// <summary>
/// Something that happened in a network beside an uplink, as the network told it. Travels on <see cref="LogTopic.NetworkEvents"/>, keyed
/// by the device or gateway that it is about.
/// </summary>
public sealed record NetworkEvent
{
    /// <summary>UUIDv7.</summary>
    public required Guid EventId { get; init; }

    public required NetworkEventKind Kind { get; init; }

    /// <summary>Null where it is about a gateway.</summary>
    public int? DeviceId { get; init; }

    /// <summary>EUI-64 as 16 lower-case hex digits; null where it is about a device.</summary>
    public string? GatewayId { get; init; }

    public required DeviceType Network { get; init; }

    /// <summary>Our clock, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The network's clock, UTC, when it told.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The same for the same event delivered twice, and for no other of its kind.</summary>
    public required string DeduplicationId { get; init; }

    /// <summary>It was told before somebody listened, and may be old.</summary>
    public bool IsRetained { get; init; }

    /// <summary>JSON text in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    public LogRecord ToRecord()
    {
        var headers = new List<KeyValuePair<string, string>>(10)
        {
            new(LogHeaders.MessageId, EventId.ToString()),
            new(LogHeaders.EventKind, Kind.ToWire()),
            new(LogHeaders.Network, Network.ToWire()),
            new(LogHeaders.ReceivedAt, LogTime.Format(ReceivedAt)),
            new(LogHeaders.DeduplicationId, DeduplicationId),
        };
        headers.AddIfAny(LogHeaders.DeviceId, DeviceId?.ToString(CultureInfo.InvariantCulture));
        headers.AddIfAny(LogHeaders.GatewayId, GatewayId);
        headers.AddIfAny(LogHeaders.SentAt, SentAt is { } sentAt ? LogTime.Format(sentAt) : null);
        headers.AddIfAny(LogHeaders.IsRetained, IsRetained ? bool.TrueString : null);

        return new LogRecord
        {
            Key = DeviceId?.ToString(CultureInfo.InvariantCulture) ?? GatewayId ?? throw new InvalidOperationException("An event about nobody."),
            Value = Payload,
            Headers = headers,
        };
    }

    /// <exception cref="FormatException">A header is missing or not of its form; the record was not written by us.</exception>
    public static NetworkEvent From(LogRecord record) => new()
    {
        EventId = Guid.Parse(record.Required(LogHeaders.MessageId), CultureInfo.InvariantCulture),
        Kind = NetworkEventKinds.Parse(record.Required(LogHeaders.EventKind)),
        DeviceId = record.Header(LogHeaders.DeviceId) is { } id ? int.Parse(id, CultureInfo.InvariantCulture) : null,
        GatewayId = record.Header(LogHeaders.GatewayId),
        Network = DeviceTypes.Parse(record.Required(LogHeaders.Network)),
        ReceivedAt = LogTime.Parse(record.Required(LogHeaders.ReceivedAt)),
        SentAt = record.Header(LogHeaders.SentAt) is { } sentAt ? LogTime.Parse(sentAt) : null,
        DeduplicationId = record.Required(LogHeaders.DeduplicationId),
        IsRetained = record.Header(LogHeaders.IsRetained) == bool.TrueString,
        Payload = record.Value,
    };
}
