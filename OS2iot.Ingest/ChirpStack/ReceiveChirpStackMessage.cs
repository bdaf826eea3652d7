using System.Security.Cryptography;
using System.Text;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.NetworkEvents;
using OS2iot.Core.Uplinks;
using OS2iot.Ingest.Devices;
using OS2iot.Ingest.Limits;
using OS2iot.Ingest.Mqtt;

namespace OS2iot.Ingest.ChirpStack;

/// <summary>
/// Takes what ChirpStack and gateways publish: uplinks into the log of uplinks, what else happened into the log of events. When it
/// returns, the messages may be acknowledged: the log has them, or they are of nobody here.
/// </summary>
internal sealed partial class ReceiveChirpStackMessage(
    DeviceDirectory devices, RecentMessages recent, IMessageLog log, ChirpStackMetrics metrics, ILogger<ReceiveChirpStackMessage> logger)
{
    /// <summary>The log takes no larger ones; ChirpStack's events have a few thousand bytes.</summary>
    private const int MaxSize = 256 * 1024;

    /// <summary>Nobody's clock in the network is further ahead of ours, unless it is wrong.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <exception cref="LogUnavailableException">The log did not take them; they have to come again.</exception>
    /// <exception cref="Npgsql.NpgsqlException">Whose one is could not be found out; they have to come again.</exception>
    /// <exception cref="TimeoutException">Likewise.</exception>
    public async Task HandleAsync(IReadOnlyList<MqttMessage> messages, CancellationToken ct)
    {
        var uplinks = new Dictionary<Guid, LogRecord>();
        var events = new List<NetworkEvent>();
        foreach (var message in messages)
        {
            if (Parse(message) is not { } topic)
            {
                continue;
            }

            if (topic.IsOfGateway)
            {
                events.AddRange(OfGateway(topic, message));
            }
            else if (await FindAsync(topic, message, ct) is var (device, happened))
            {
                if (topic.IsUplink)
                {
                    var uplink = Uplink(device, happened, message);
                    if (recent.IsRepeat(uplink.MessageId) || !uplinks.TryAdd(uplink.MessageId, uplink.ToRecord()))
                    {
                        metrics.PassedOver("repeat");
                    }
                }
                else
                {
                    events.Add(OfDevice(topic, device, happened, message));
                }
            }
        }

        await AppendAsync(uplinks, events, ct);
    }

    private async Task AppendAsync(Dictionary<Guid, LogRecord> uplinks, List<NetworkEvent> events, CancellationToken ct)
    {
        if (uplinks.Count > 0)
        {
            await log.AppendAsync(LogTopic.Uplinks, [.. uplinks.Values], ct);
            foreach (var id in uplinks.Keys)
            {
                recent.Add(id);
            }

            metrics.Taken("up", uplinks.Count);
        }

        if (events.Count > 0)
        {
            await log.AppendAsync(LogTopic.NetworkEvents, [.. events.Select(e => e.ToRecord())], ct);
            events.ForEach(e => metrics.Taken(e.Kind.ToWire(), 1));
        }
    }

    /// <returns>Null where nothing is to be done.</returns>
    private ChirpStackTopic? Parse(MqttMessage message)
    {
        var topic = ChirpStackTopic.Parse(message.Topic);
        if (topic is not null && message.Payload.Length is > 0 and <= MaxSize)
        {
            return topic;
        }

        // An empty message is how a broker is told to forget a retained one.
        metrics.PassedOver(topic is null ? "topic" : message.Payload.IsEmpty ? "empty" : "size");
        return null;
    }

    private async ValueTask<(KnownDevice Device, ChirpStackEvent Event)?> FindAsync(ChirpStackTopic topic, MqttMessage message, CancellationToken ct)
    {
        if (ChirpStackEvent.Read(message.Payload) is not { } happened || happened.DevEui != topic.Eui)
        {
            metrics.PassedOver("form");
            LogMalformed(message.Topic);
            return null;
        }

        if (await devices.FindByDevEuiAsync(topic.Eui, ct) is { } device)
        {
            return (device, happened);
        }

        metrics.PassedOver("unknown-device");
        return null;
    }

    private static string FingerprintOf(MqttMessage message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(message.Topic));
        hash.AppendData([0]);
        hash.AppendData(message.Payload.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static DateTimeOffset? Believable(DateTimeOffset? told, MqttMessage message) =>
        told is { Year: > 2000 } time && time <= message.ReceivedAt + ClockTolerance ? time : null;

    private static UplinkReceived Uplink(KnownDevice device, ChirpStackEvent happened, MqttMessage message) => new()
    {
        MessageId = UplinkMessageId.Of(device.Id, happened.DeduplicationId, message.ReceivedAt),
        DeviceId = device.Id,
        ApplicationId = device.ApplicationId,
        OrganizationId = device.OrganizationId,
        Network = DeviceType.LoRaWan,
        ReceivedAt = message.ReceivedAt,
        SentAt = Believable(happened.SentAt, message),
        DeduplicationId = happened.DeduplicationId,
        FPort = happened.FPort,
        FCnt = happened.FCnt,
        Rssi = happened.Rssi,
        Snr = happened.Snr,
        TraceParent = LogTracing.CurrentTraceParent,
        Payload = message.Payload,
    };

    private static NetworkEvent OfDevice(ChirpStackTopic topic, KnownDevice device, ChirpStackEvent happened, MqttMessage message) => new()
    {
        EventId = Guid.CreateVersion7(message.ReceivedAt),
        Kind = topic.Kind!.Value,
        DeviceId = device.Id,
        Network = DeviceType.LoRaWan,
        ReceivedAt = message.ReceivedAt,
        SentAt = Believable(happened.SentAt, message),
        DeduplicationId = FingerprintOf(message),
        Payload = message.Payload,
    };

    /// <returns>One, or none where it is not of its form.</returns>
    private IEnumerable<NetworkEvent> OfGateway(ChirpStackTopic topic, MqttMessage message)
    {
        var isState = topic.Kind == NetworkEventKind.GatewayState;
        var state = isState ? ChirpStackGatewayEvent.ReadState(message.Payload) : null;
        var stats = isState ? null : ChirpStackGatewayEvent.ReadStats(message.Payload);
        var told = state is { } s ? ChirpStackGatewayEvent.GatewayIdOf(s.State.GatewayId, s.State.GatewayIdLegacy)
            : stats is { } t ? ChirpStackGatewayEvent.GatewayIdOf(t.Stats.GatewayId, t.Stats.GatewayIdLegacy)
            : null;
        if (told != topic.Eui)
        {
            metrics.PassedOver("form");
            LogMalformed(message.Topic);
            yield break;
        }

        yield return new NetworkEvent
        {
            EventId = Guid.CreateVersion7(message.ReceivedAt),
            Kind = topic.Kind!.Value,
            GatewayId = topic.Eui,
            Network = DeviceType.LoRaWan,
            ReceivedAt = message.ReceivedAt,
            SentAt = Believable(stats?.Stats.Time?.ToDateTimeOffset(), message),

            // Two comings of one gateway look the same; two reports carry their time.
            DeduplicationId = isState && !message.IsRetained ? Guid.NewGuid().ToString("N") : FingerprintOf(message),
            IsRetained = message.IsRetained,
            Payload = state?.Json ?? stats!.Value.Json,
        };
    }

    [LoggerMessage(LogLevel.Debug, "A message on {Topic} is not as ChirpStack or a gateway would write it")]
    private partial void LogMalformed(string topic);
}
