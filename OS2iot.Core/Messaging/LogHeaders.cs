namespace OS2iot.Core.Messaging;

/// <summary>Names of the headers that records carry. Values are text; times are ISO 8601 in UTC.</summary>
public static class LogHeaders
{
    /// <summary>UUID, given at the moment of receipt.</summary>
    public const string MessageId = "message-id";

    public const string DeviceId = "device-id";

    public const string ApplicationId = "application-id";

    public const string OrganizationId = "organization-id";

    /// <summary>The device type's wire value, such as GENERIC_HTTP.</summary>
    public const string Network = "network";

    /// <summary>Our clock.</summary>
    public const string ReceivedAt = "received-at";

    /// <summary>The network's clock, when it told.</summary>
    public const string SentAt = "sent-at";

    /// <summary>The network's own id of the message: the same message delivered twice carries it twice.</summary>
    public const string DeduplicationId = "deduplication-id";

    public const string FPort = "f-port";

    public const string FCnt = "f-cnt";

    /// <summary>dBm.</summary>
    public const string Rssi = "rssi";

    /// <summary>dB.</summary>
    public const string Snr = "snr";

    public const string PayloadDecoderId = "payload-decoder-id";

    public const string PayloadDecoderVersion = "payload-decoder-version";

    /// <summary>Why the decoder gave no result. The record's value is empty then.</summary>
    public const string DecodeError = "decode-error";

    /// <summary>True where the network was asked for what it could not deliver.</summary>
    public const string Recovered = "recovered";

    /// <summary>What happened, such as join.</summary>
    public const string EventKind = "event";

    /// <summary>EUI-64 of the gateway that it is about.</summary>
    public const string GatewayId = "gateway-id";

    /// <summary>True where the broker had kept it from before.</summary>
    public const string IsRetained = "retained";

    /// <summary>W3C Trace Context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>All of the above.</summary>
    internal static readonly string[] All =
    [
        MessageId, DeviceId, ApplicationId, OrganizationId, Network, ReceivedAt, SentAt,
        DeduplicationId, FPort, FCnt, Rssi, Snr, PayloadDecoderId, PayloadDecoderVersion, DecodeError, TraceParent,
        Recovered,
        EventKind, GatewayId, IsRetained,
    ];
}
