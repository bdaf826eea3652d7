using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Simulator.ChirpStack;

/// <summary>How one gateway heard an uplink.</summary>
/// <param name="GatewayId">Of the gateway.</param>
/// <param name="Rssi">dBm.</param>
/// <param name="Snr">dB.</param>
internal sealed record Reception(string GatewayId, int Rssi, float Snr);

/// <summary>Plays what happens in the air, and tells of it by MQTT as ChirpStack and gateways do.</summary>
internal sealed class ChirpStackRadio(
    ChirpStackNetwork network, ChirpStackBroker broker, IOptions<PlayedChirpStackOptions> options, TimeProvider clock)
{
    private const int Frequency = 868_100_000;

    private const int Bandwidth = 125_000;

    private const int SlowestSpreadingFactor = 12;

    /// <summary>Of a short message at data rate 5.</summary>
    private static readonly TimeSpan AirTime = TimeSpan.FromMilliseconds(60);

    /// <summary>The device joins the network over the air.</summary>
    /// <returns>Whether it was let in.</returns>
    public async Task<bool> JoinAsync(string devEui, CancellationToken ct)
    {
        JsonObject joined;
        string topic;
        lock (network.Lock)
        {
            var device = network.Device(devEui);
            if (device.Keys is null || device.Device.IsDisabled)
            {
                return false;
            }

            var session = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            device.Activation = new DeviceActivation
            {
                DevEui = device.Device.DevEui,
                DevAddr = "00" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3)),
                AppSKey = session,
                NwkSEncKey = session,
                SNwkSIntKey = session,
                FNwkSIntKey = session,
            };
            device.NextFCntDown = 0;
            topic = TopicOf(device, "join");
            joined = Event(device);
            joined["devAddr"] = device.Activation.DevAddr;
            joined["regionConfigId"] = "eu868";
        }

        await PublishAsync(topic, joined, ct);
        return true;
    }

    /// <summary>The device sends. What waits for it is sent after it, and gateways acknowledge that.</summary>
    /// <param name="devEui">Of the device, which has to have a session.</param>
    /// <param name="fPort">1 to 223.</param>
    /// <param name="data">The payload.</param>
    /// <param name="receptions">By whom it was heard, at least one.</param>
    /// <param name="dr">Data rate, 0 to 5.</param>
    /// <param name="lost">So many frames before it were heard by nobody.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Its frame counter; null where the network ignores the device.</returns>
    public async Task<uint?> SendAsync(
        string devEui, uint fPort, ReadOnlyMemory<byte> data, IReadOnlyList<Reception> receptions, int dr, uint lost, CancellationToken ct)
    {
        var events = new List<(string Topic, JsonObject Event)>();
        uint fCnt;
        lock (network.Lock)
        {
            var device = network.Device(devEui);
            if (device.Activation is null || device.Device.IsDisabled)
            {
                return null;
            }

            device.Activation.FCntUp += lost;
            fCnt = device.Activation.FCntUp++;
            Count(device, receptions, dr);
            if (device.Queue.FirstOrDefault(i => i.IsPending) is { } pending)
            {
                device.Queue.Remove(pending);
                events.Add((TopicOf(device, "ack"), Acknowledged(device, pending, acknowledged: true)));
            }

            var uplink = Uplink(device, fCnt, fPort, data, receptions, dr);
            device.LastUplink = (TopicOf(device, "up"), uplink.ToJsonString());
            events.Add((TopicOf(device, "up"), uplink));
            if (device.Queue.Count > 0)
            {
                events.Add((TopicOf(device, "txack"), Transmitted(device, device.Queue[0], receptions[0].GatewayId)));
            }
        }

        foreach (var (topic, happened) in events)
        {
            await PublishAsync(topic, happened, ct);
        }

        return fCnt;
    }

    /// <summary>The broker delivers the last uplink once more.</summary>
    public async Task RepeatAsync(string devEui, CancellationToken ct)
    {
        (string Topic, string Event)? last;
        lock (network.Lock)
        {
            last = network.Device(devEui).LastUplink;
        }

        if (last is { } message)
        {
            await broker.PublishAsync(message.Topic, Encoding.UTF8.GetBytes(message.Event), retain: false, ct);
        }
    }

    /// <summary>The device tells its battery and how well it hears.</summary>
    /// <param name="devEui">Of the device.</param>
    /// <param name="margin">dB.</param>
    /// <param name="battery">Percent; null where it has none or does not know.</param>
    /// <param name="ct">Gives up.</param>
    public async Task TellStatusAsync(string devEui, int margin, float? battery, CancellationToken ct)
    {
        JsonObject status;
        string topic;
        lock (network.Lock)
        {
            var device = network.Device(devEui);
            device.Status = new DeviceStatus { Margin = margin, BatteryLevel = battery ?? -1 };
            topic = TopicOf(device, "status");
            status = Event(device);
            status["margin"] = margin;
            status["externalPowerSource"] = false;
            status["batteryLevelUnavailable"] = battery is null;
            status["batteryLevel"] = battery ?? 0;
        }

        await PublishAsync(topic, status, ct);
    }

    /// <summary>ChirpStack writes into the device's log.</summary>
    public async Task TellLogAsync(
        string devEui, string level, string code, string description, IReadOnlyDictionary<string, string> context, CancellationToken ct)
    {
        JsonObject log;
        string topic;
        lock (network.Lock)
        {
            var device = network.Device(devEui);
            topic = TopicOf(device, "log");
            log = Event(device);
            log.Remove("deduplicationId");
            log["level"] = level;
            log["code"] = code;
            log["description"] = description;
            log["context"] = new JsonObject([.. context.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))]);
        }

        await PublishAsync(topic, log, ct);
    }

    /// <summary>ChirpStack computed where the device is.</summary>
    public async Task TellLocationAsync(string devEui, double latitude, double longitude, CancellationToken ct)
    {
        JsonObject located;
        string topic;
        lock (network.Lock)
        {
            var device = network.Device(devEui);
            topic = TopicOf(device, "location");
            located = Event(device);
            located["location"] = new JsonObject { ["latitude"] = latitude, ["longitude"] = longitude, ["source"] = "GEO_RESOLVER_TDOA" };
        }

        await PublishAsync(topic, located, ct);
    }

    /// <summary>A gateway comes or goes. The broker keeps that for whoever subscribes later.</summary>
    public Task ConnectAsync(string gatewayId, bool isOnline, CancellationToken ct)
    {
        var state = new ConnState
        {
            GatewayId = gatewayId,
            GatewayIdLegacy = ByteString.CopyFrom(Convert.FromHexString(gatewayId)),
            State = isOnline ? ConnState.Types.State.Online : ConnState.Types.State.Offline,
        };
        return broker.PublishAsync(GatewayTopicOf(gatewayId, "state/conn"), state.ToByteArray(), retain: true, ct);
    }

    /// <summary>A gateway tells what it heard and sent since it told last.</summary>
    public Task TellStatsAsync(string gatewayId, uint received, uint emitted, CancellationToken ct)
    {
        var stats = new GatewayStats
        {
            GatewayId = gatewayId,
            GatewayIdLegacy = ByteString.CopyFrom(Convert.FromHexString(gatewayId)),
            Time = Timestamp.FromDateTimeOffset(clock.GetUtcNow()),
            RxPacketsReceived = received,
            RxPacketsReceivedOk = received,
            TxPacketsReceived = emitted,
            TxPacketsEmitted = emitted,
            DutyCycleStats = new DutyCycleStats
            {
                Regulation = Regulation.EtsiEn300220,
                Window = Duration.FromTimeSpan(TimeSpan.FromHours(1)),
                Bands =
                {
                    Band("M", 868_000_000, 868_600_000, TimeSpan.FromSeconds(36), AirTime * emitted),
                    Band("P", 869_400_000, 869_650_000, TimeSpan.FromSeconds(360), TimeSpan.Zero),
                },
            },
        };
        lock (network.Lock)
        {
            if (network.Gateways.TryGetValue(gatewayId, out var gateway))
            {
                var today = gateway.Days.GetValueOrDefault(network.Today);
                gateway.Days[network.Today] = (today.Rx + (int)received, today.Tx + (int)emitted);
                gateway.LastSeenAt = network.Now;
                stats.Location = gateway.Gateway.Location?.Clone();
            }
        }

        return broker.PublishAsync(GatewayTopicOf(gatewayId, "event/stats"), stats.ToByteArray(), retain: false, ct);
    }

    private static DutyCycleBand Band(string name, uint from, uint to, TimeSpan allowed, TimeSpan used) => new()
    {
        Name = name,
        FrequencyMin = from,
        FrequencyMax = to,
        LoadMax = Duration.FromTimeSpan(allowed),
        LoadTracked = Duration.FromTimeSpan(used),
    };

    private static string TopicOf(PlayedDevice device, string what) =>
        $"application/{device.Device.ApplicationId}/device/{device.Device.DevEui}/event/{what}";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    // Of what the network itself tells every member is there, also when it is zero; of what gateways told it, zeros are left out.
    private static JsonObject Heard(JsonObject members)
    {
        foreach (var zero in members.Where(m => m.Value is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.ToString() == "0").ToList())
        {
            members.Remove(zero.Key);
        }

        return members;
    }

    private string GatewayTopicOf(string gatewayId, string what) =>
        (options.Value.TopicPrefix.Length == 0 ? "" : options.Value.TopicPrefix + "/") + $"gateway/{gatewayId}/{what}";

    private Task PublishAsync(string topic, JsonObject happened, CancellationToken ct) =>
        broker.PublishAsync(topic, JsonSerializer.SerializeToUtf8Bytes(happened), retain: false, ct);

    private void Count(PlayedDevice device, IReadOnlyList<Reception> receptions, int dr)
    {
        device.LastSeenAt = network.Now;
        var (count, rssi, snr, perDr) = device.Days.TryGetValue(network.Today, out var today) ? today : (0, 0, 0, []);
        perDr[dr] = perDr.GetValueOrDefault(dr) + 1;
        device.Days[network.Today] = (count + 1, rssi + receptions.Max(r => r.Rssi), snr + receptions.Max(r => r.Snr), perDr);
    }

    private JsonObject Event(PlayedDevice known)
    {
        var device = known.Device;
        var application = network.Application(device.ApplicationId).Application;
        var profile = network.Profile(device.DeviceProfileId).Profile;
        var tags = profile.Tags.Concat(device.Tags).GroupBy(t => t.Key).Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Last().Value));
        return new JsonObject
        {
            ["deduplicationId"] = Guid.NewGuid().ToString(),
            ["time"] = Time(network.Now),
            ["deviceInfo"] = new JsonObject
            {
                ["tenantId"] = application.TenantId,
                ["tenantName"] = network.Tenant(application.TenantId).Tenant.Name,
                ["applicationId"] = application.Id,
                ["applicationName"] = application.Name,
                ["deviceProfileId"] = profile.Id,
                ["deviceProfileName"] = profile.Name,
                ["deviceName"] = device.Name,
                ["devEui"] = device.DevEui,
                ["deviceClassEnabled"] = profile.SupportsClassC ? "CLASS_C" : "CLASS_A",
                ["tags"] = new JsonObject([.. tags]),
            },
        };
    }

    private JsonObject Uplink(
        PlayedDevice device, uint fCnt, uint fPort, ReadOnlyMemory<byte> data, IReadOnlyList<Reception> receptions, int dr)
    {
        var uplink = Event(device);
        uplink["devAddr"] = device.Activation!.DevAddr;
        uplink["adr"] = true;
        uplink["dr"] = dr;
        uplink["fCnt"] = fCnt;
        uplink["fPort"] = fPort;
        uplink["confirmed"] = false;
        uplink["data"] = Convert.ToBase64String(data.Span);
        uplink["rxInfo"] = new JsonArray([.. receptions.Select(ReceptionOf)]);
        uplink["txInfo"] = new JsonObject
        {
            ["frequency"] = Frequency,
            ["modulation"] = new JsonObject
            {
                ["lora"] = new JsonObject
                {
                    ["bandwidth"] = Bandwidth,
                    ["spreadingFactor"] = SlowestSpreadingFactor - dr,
                    ["codeRate"] = "CR_4_5",
                },
            },
        };
        uplink["regionConfigId"] = "eu868";
        return uplink;
    }

    private JsonNode ReceptionOf(Reception reception)
    {
        var heard = Heard(new JsonObject
        {
            ["gatewayId"] = reception.GatewayId,
            ["uplinkId"] = RandomNumberGenerator.GetInt32(1, int.MaxValue),
            ["nsTime"] = Time(network.Now),
            ["rssi"] = reception.Rssi,
            ["snr"] = reception.Snr,
            ["channel"] = 0,
            ["context"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(4)),
            ["metadata"] = new JsonObject { ["region_common_name"] = "EU868", ["region_config_id"] = "eu868" },
            ["crcStatus"] = "CRC_OK",
        });
        if (network.Gateways.GetValueOrDefault(reception.GatewayId)?.Gateway.Location is { } place)
        {
            heard["location"] = Heard(new JsonObject { ["latitude"] = place.Latitude, ["longitude"] = place.Longitude, ["altitude"] = place.Altitude });
        }

        return heard;
    }

    // What asks for an acknowledgement waits for the device's next word; the rest is done.
    private JsonObject Transmitted(PlayedDevice device, DeviceQueueItem item, string gatewayId)
    {
        item.FCntDown = device.NextFCntDown++;
        if (item.Confirmed)
        {
            item.IsPending = true;
        }
        else
        {
            device.Queue.Remove(item);
        }

        var sent = Event(device);
        sent.Remove("deduplicationId");
        sent["downlinkId"] = RandomNumberGenerator.GetInt32(1, int.MaxValue);
        sent["queueItemId"] = item.Id;
        sent["fCntDown"] = item.FCntDown;
        sent["gatewayId"] = gatewayId;
        sent["txInfo"] = new JsonObject { ["frequency"] = Frequency, ["power"] = 16 };
        return sent;
    }

    private JsonObject Acknowledged(PlayedDevice device, DeviceQueueItem item, bool acknowledged)
    {
        var answered = Event(device);
        answered["queueItemId"] = item.Id;
        answered["acknowledged"] = acknowledged;
        answered["fCntDown"] = item.FCntDown;
        return answered;
    }
}
