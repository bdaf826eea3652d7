using System.Globalization;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// Something that Sigfox told beside a message, as it came. Travels on <see cref="LogTopic.NetworkEvents"/>, keyed by device, among the
/// events of other networks.
/// </summary>
public sealed record SigfoxEvent
{
    private const string KindHeader = "event";

    /// <summary>The words that events of all networks have.</summary>
    private static readonly Dictionary<SigfoxCallbackKind, string> Words = new()
    {
        [SigfoxCallbackKind.Status] = "status",
        [SigfoxCallbackKind.Acknowledge] = "ack",
        [SigfoxCallbackKind.DataAdvanced] = "location",
        [SigfoxCallbackKind.Error] = "log",
    };

    /// <summary>Of an uplink's metadata the uplink's id.</summary>
    public required Guid EventId { get; init; }

    public required SigfoxCallbackKind Kind { get; init; }

    public required int DeviceId { get; init; }

    /// <summary>Our clock, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Sigfox's clock, UTC.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>The same for the same event told twice.</summary>
    public required string DeduplicationId { get; init; }

    /// <summary>JSON text in UTF-8, as received.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    public LogRecord ToRecord() => new()
    {
        Key = DeviceId.ToString(CultureInfo.InvariantCulture),
        Value = Payload,
        Headers =
        [
            new(LogHeaders.MessageId, EventId.ToString()),
            new(KindHeader, Words[Kind]),
            new(LogHeaders.Network, DeviceType.Sigfox.ToWire()),
            new(LogHeaders.DeviceId, DeviceId.ToString(CultureInfo.InvariantCulture)),
            new(LogHeaders.ReceivedAt, LogTime.Format(ReceivedAt)),
            new(LogHeaders.SentAt, LogTime.Format(SentAt)),
            new(LogHeaders.DeduplicationId, DeduplicationId),
        ],
    };

    /// <returns>False for another network's event.</returns>
    public static bool IsIn(LogRecord record) => record.Header(LogHeaders.Network) == DeviceType.Sigfox.ToWire();

    /// <exception cref="FormatException">A header is missing or not of its form; the record was not written by us.</exception>
    public static SigfoxEvent From(LogRecord record)
    {
        var word = record.Required(KindHeader);
        return new SigfoxEvent
        {
            EventId = Guid.Parse(record.Required(LogHeaders.MessageId), CultureInfo.InvariantCulture),
            Kind = Words.Where(w => w.Value == word).Select(w => (SigfoxCallbackKind?)w.Key).FirstOrDefault()
                ?? throw new FormatException($"'{word}' is no event of Sigfox."),
            DeviceId = record.RequiredInt(LogHeaders.DeviceId),
            ReceivedAt = LogTime.Parse(record.Required(LogHeaders.ReceivedAt)),
            SentAt = LogTime.Parse(record.Required(LogHeaders.SentAt)),
            DeduplicationId = record.Required(LogHeaders.DeduplicationId),
            Payload = record.Value,
        };
    }
}
