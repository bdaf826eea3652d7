using System.Globalization;
using OS2iot.Core.Messaging;

namespace OS2iot.Core.Uplinks;

/// <summary>
/// What one decoder made of one uplink, or why it could not. Travels on <see cref="LogTopic.UplinksDecoded"/>, keyed by device.
/// Without a decoder the payload is the uplink's own.
/// </summary>
public sealed record UplinkDecoded
{
    public required Guid MessageId { get; init; }

    public required int DeviceId { get; init; }

    public required int ApplicationId { get; init; }

    public required int OrganizationId { get; init; }

    /// <summary>When the uplink was received; our clock, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Null where the connection has no decoder and the payload is passed on as it came.</summary>
    public int? PayloadDecoderId { get; init; }

    public int? PayloadDecoderVersion { get; init; }

    /// <summary>Why there is no result; null when there is one.</summary>
    public string? Error { get; init; }

    /// <summary>W3C Trace Context.</summary>
    public string? TraceParent { get; init; }

    /// <summary>JSON text in UTF-8; empty when <see cref="Error"/> is set.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    public LogRecord ToRecord()
    {
        var headers = new List<KeyValuePair<string, string>>(10)
        {
            new(LogHeaders.MessageId, MessageId.ToString()),
            new(LogHeaders.DeviceId, DeviceId.ToString(CultureInfo.InvariantCulture)),
            new(LogHeaders.ApplicationId, ApplicationId.ToString(CultureInfo.InvariantCulture)),
            new(LogHeaders.OrganizationId, OrganizationId.ToString(CultureInfo.InvariantCulture)),
            new(LogHeaders.ReceivedAt, LogTime.Format(ReceivedAt)),
        };
        headers.AddIfAny(LogHeaders.PayloadDecoderId, PayloadDecoderId?.ToString(CultureInfo.InvariantCulture));
        headers.AddIfAny(LogHeaders.PayloadDecoderVersion, PayloadDecoderVersion?.ToString(CultureInfo.InvariantCulture));
        headers.AddIfAny(LogHeaders.DecodeError, Error);
        headers.AddIfAny(LogHeaders.TraceParent, TraceParent);

        return new LogRecord { Key = DeviceId.ToString(CultureInfo.InvariantCulture), Value = Payload, Headers = headers };
    }

    /// <exception cref="FormatException">A header is missing or not of its form; the record was not written by us.</exception>
    public static UplinkDecoded From(LogRecord record) => new()
    {
        MessageId = Guid.Parse(record.Required(LogHeaders.MessageId), CultureInfo.InvariantCulture),
        DeviceId = record.RequiredInt(LogHeaders.DeviceId),
        ApplicationId = record.RequiredInt(LogHeaders.ApplicationId),
        OrganizationId = record.RequiredInt(LogHeaders.OrganizationId),
        ReceivedAt = LogTime.Parse(record.Required(LogHeaders.ReceivedAt)),
        PayloadDecoderId = OptionalInt(record, LogHeaders.PayloadDecoderId),
        PayloadDecoderVersion = OptionalInt(record, LogHeaders.PayloadDecoderVersion),
        Error = record.Text(LogHeaders.DecodeError),
        TraceParent = record.Text(LogHeaders.TraceParent),
        Payload = record.Value,
    };

    private static int? OptionalInt(LogRecord record, string name) =>
        record.Header(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
