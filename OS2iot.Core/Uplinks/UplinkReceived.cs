using System.Globalization;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;

namespace OS2iot.Core.Uplinks;

/// <summary>A message from a device, as it came. Travels on <see cref="LogTopic.Uplinks"/>, keyed by device.</summary>
public sealed record UplinkReceived
{
    /// <summary>See <see cref="UplinkMessageId"/>.</summary>
    public required Guid MessageId { get; init; }

    public required int DeviceId { get; init; }

    public required int ApplicationId { get; init; }

    public required int OrganizationId { get; init; }

    public required DeviceType Network { get; init; }

    /// <summary>Our clock, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The network's clock, UTC, when it told.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The network's own id of the message.</summary>
    public string? DeduplicationId { get; init; }

    public int? FPort { get; init; }

    public long? FCnt { get; init; }

    /// <summary>dBm, of the best reception, when the network told.</summary>
    public double? Rssi { get; init; }

    /// <summary>dB, of the best reception, when the network told.</summary>
    public double? Snr { get; init; }

    /// <summary>It did not come by itself: the network had kept it, and was asked.</summary>
    public bool IsRecovered { get; init; }

    /// <summary>W3C Trace Context of the request that brought it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>JSON text in UTF-8, byte for byte as received.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    public LogRecord ToRecord()
    {
        var headers = new List<KeyValuePair<string, string>>(12)
        {
            new(LogHeaders.MessageId, MessageId.ToString()),
            new(LogHeaders.DeviceId, DeviceId.ToString(CultureInfo.InvariantCulture)),
            new(LogHeaders.ApplicationId, ApplicationId.ToString(CultureInfo.InvariantCulture)),
            new(LogHeaders.OrganizationId, OrganizationId.ToString(CultureInfo.InvariantCulture)),
            new(LogHeaders.Network, Network.ToWire()),
            new(LogHeaders.ReceivedAt, LogTime.Format(ReceivedAt)),
        };
        headers.AddIfAny(LogHeaders.SentAt, SentAt is { } sentAt ? LogTime.Format(sentAt) : null);
        headers.AddIfAny(LogHeaders.DeduplicationId, DeduplicationId);
        headers.AddIfAny(LogHeaders.FPort, FPort?.ToString(CultureInfo.InvariantCulture));
        headers.AddIfAny(LogHeaders.FCnt, FCnt?.ToString(CultureInfo.InvariantCulture));
        headers.AddIfAny(LogHeaders.Rssi, Rssi?.ToString("R", CultureInfo.InvariantCulture));
        headers.AddIfAny(LogHeaders.Snr, Snr?.ToString("R", CultureInfo.InvariantCulture));
        headers.AddIfAny(LogHeaders.Recovered, IsRecovered ? bool.TrueString : null);
        headers.AddIfAny(LogHeaders.TraceParent, TraceParent);

        return new LogRecord { Key = DeviceId.ToString(CultureInfo.InvariantCulture), Value = Payload, Headers = headers };
    }

    /// <exception cref="FormatException">A header is missing or not of its form; the record was not written by us.</exception>
    public static UplinkReceived From(LogRecord record) => new()
    {
        MessageId = Guid.Parse(record.Required(LogHeaders.MessageId), CultureInfo.InvariantCulture),
        DeviceId = record.RequiredInt(LogHeaders.DeviceId),
        ApplicationId = record.RequiredInt(LogHeaders.ApplicationId),
        OrganizationId = record.RequiredInt(LogHeaders.OrganizationId),
        Network = DeviceTypes.Parse(record.Required(LogHeaders.Network)),
        ReceivedAt = LogTime.Parse(record.Required(LogHeaders.ReceivedAt)),
        SentAt = record.Header(LogHeaders.SentAt) is { } sentAt ? LogTime.Parse(sentAt) : null,
        DeduplicationId = record.Text(LogHeaders.DeduplicationId),
        FPort = record.Header(LogHeaders.FPort) is { } fPort ? int.Parse(fPort, CultureInfo.InvariantCulture) : null,
        FCnt = record.Header(LogHeaders.FCnt) is { } fCnt ? long.Parse(fCnt, CultureInfo.InvariantCulture) : null,
        Rssi = record.Header(LogHeaders.Rssi) is { } rssi ? double.Parse(rssi, CultureInfo.InvariantCulture) : null,
        Snr = record.Header(LogHeaders.Snr) is { } snr ? double.Parse(snr, CultureInfo.InvariantCulture) : null,
        IsRecovered = record.Header(LogHeaders.Recovered) == bool.TrueString,
        TraceParent = record.Text(LogHeaders.TraceParent),
        Payload = record.Value,
    };
}
