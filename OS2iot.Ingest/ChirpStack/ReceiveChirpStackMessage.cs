using System.Security.Cryptography;
using System.Text;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.NetworkEvents;
using OS2iot.Core.Uplinks;
using OS2iot.Ingest.Devices;

namespace OS2iot.Ingest.ChirpStack;

/// <summary>
/// Takes what ChirpStack and gateways publish: uplinks into the log of uplinks, what else happened into the log of events. When it
/// returns, the message may be acknowledged: the log has it, or it is of nobody here.
/// </summary>
internal sealed partial class ReceiveChirpStackMessage(
    DeviceDirectory devices, IMessageLog log, TimeProvider clock, ChirpStackMetrics metrics, ILogger<ReceiveChirpStackMessage> logger)
{
    /// <summary>The log takes no larger ones; ChirpStack's events have a few thousand bytes.</summary>
    private const int MaxSize = 256 * 1024;

    /// <summary>Nobody's clock in the network is further ahead of ours, unless it is wrong.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <exception cref="LogUnavailableException">The log did not take it; it has to come again.</exception>
    /// <exception cref="Npgsql.NpgsqlException">Whose it is could not be found out; it has to come again.</exception>
    /// <exception cref="TimeoutException">Likewise.</exception>
    public async Task HandleAsync(string topic, ReadOnlyMemory<byte> payload, bool isRetained, CancellationToken ct)
    {
        if (ChirpStackTopic.Parse(topic) is not { } parsed)
        {
            metrics.PassedOver("topic");
            return;
        }

        if (payload.Length is 0 or > MaxSize)
        {
            // An empty message is how a broker is told to forget a retained one.
            metrics.PassedOver(payload.IsEmpty ? "empty" : "size");
        }
        else if (parsed.IsOfGateway)
        {
            await TakeOfGatewayAsync(parsed, topic, payload, isRetained, ct);
        }
        else
        {
            await TakeOfDeviceAsync(parsed, topic, payload, ct);
        }
    }

    private static string FingerprintOf(string topic, ReadOnlyMemory<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(topic));
        hash.AppendData([0]);
        hash.AppendData(payload.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private async Task TakeOfDeviceAsync(ChirpStackTopic topic, string topicText, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        if (ChirpStackEvent.Read(payload) is not { } happened || happened.DevEui != topic.Eui)
        {
            metrics.PassedOver("form");
            LogMalformed(topicText);
            return;
        }

        if (await devices.FindByDevEuiAsync(topic.Eui, ct) is not { } device)
        {
            metrics.PassedOver("unknown-device");
            return;
        }

        var now = clock.GetUtcNow();
        var sentAt = happened.SentAt is { } told && told <= now + ClockTolerance ? told : (DateTimeOffset?)null;
        if (topic.IsUplink)
        {
            await log.AppendAsync(LogTopic.Uplinks, Uplink(device, happened, payload, now, sentAt).ToRecord(), ct);
        }
        else
        {
            var networkEvent = new NetworkEvent
            {
                EventId = Guid.CreateVersion7(now),
                Kind = topic.Kind!.Value,
                DeviceId = device.Id,
                Network = DeviceType.LoRaWan,
                ReceivedAt = now,
                SentAt = sentAt,
                DeduplicationId = FingerprintOf(topicText, payload),
                Payload = payload,
            };
            await log.AppendAsync(LogTopic.NetworkEvents, networkEvent.ToRecord(), ct);
        }

        metrics.Taken(topic.IsUplink ? "up" : topic.Kind!.Value.ToWire());
    }

    private static UplinkReceived Uplink(
        KnownDevice device, ChirpStackEvent happened, ReadOnlyMemory<byte> payload, DateTimeOffset now, DateTimeOffset? sentAt) => new()
        {
            MessageId = Guid.CreateVersion7(now),
            DeviceId = device.Id,
            ApplicationId = device.ApplicationId,
            OrganizationId = device.OrganizationId,
            Network = DeviceType.LoRaWan,
            ReceivedAt = now,
            SentAt = sentAt,
            DeduplicationId = happened.DeduplicationId,
            FPort = happened.FPort,
            FCnt = happened.FCnt,
            Rssi = happened.Rssi,
            Snr = happened.Snr,
            TraceParent = LogTracing.CurrentTraceParent,
            Payload = payload,
        };

    private async Task TakeOfGatewayAsync(
        ChirpStackTopic topic, string topicText, ReadOnlyMemory<byte> payload, bool isRetained, CancellationToken ct)
    {
        var (told, json, at) = topic.Kind == NetworkEventKind.GatewayState
            ? ChirpStackGatewayEvent.ReadState(payload) is { } state
                ? (ChirpStackGatewayEvent.GatewayIdOf(state.State.GatewayId, state.State.GatewayIdLegacy), state.Json, null)
                : default
            : ChirpStackGatewayEvent.ReadStats(payload) is { } stats
                ? (ChirpStackGatewayEvent.GatewayIdOf(stats.Stats.GatewayId, stats.Stats.GatewayIdLegacy), stats.Json, stats.Stats.Time?.ToDateTimeOffset())
                : default;
        if (told != topic.Eui)
        {
            metrics.PassedOver("form");
            LogMalformed(topicText);
            return;
        }

        var now = clock.GetUtcNow();
        var networkEvent = new NetworkEvent
        {
            EventId = Guid.CreateVersion7(now),
            Kind = topic.Kind!.Value,
            GatewayId = topic.Eui,
            Network = DeviceType.LoRaWan,
            ReceivedAt = now,
            SentAt = at is { } time && time <= now + ClockTolerance && time.Year > 2000 ? time : null,

            // Two comings of one gateway look the same; two reports carry their time.
            DeduplicationId = topic.Kind == NetworkEventKind.GatewayState && !isRetained ? Guid.NewGuid().ToString("N") : FingerprintOf(topicText, payload),
            IsRetained = isRetained,
            Payload = json,
        };
        await log.AppendAsync(LogTopic.NetworkEvents, networkEvent.ToRecord(), ct);
        metrics.Taken(topic.Kind.Value.ToWire());
    }

    [LoggerMessage(LogLevel.Debug, "A message on {Topic} is not as ChirpStack or a gateway would write it")]
    private partial void LogMalformed(string topic);
}
