using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.NetworkEvents;
using OS2iot.Core.Organizations;
using OS2iot.Core.Uplinks;
using OS2iot.Ingest.ChirpStack;
using OS2iot.Ingest.Mqtt;
using OS2iot.Tests.DataTargets;
using OS2iot.Tests.Fakes;
using OS2iot.Tests.GenericHttp;
using Application = OS2iot.Core.Applications.Application;
using DeviceProfile = OS2iot.Core.ChirpStack.DeviceProfile;
using Reception = OS2iot.Simulator.ChirpStack.Reception;

namespace OS2iot.Tests.ChirpStack;

public sealed class ReceiveChirpStackMessageTests(PostgreSql postgres) : IAsyncLifetime
{
    private const string DevEui = "0102030405060708";

    private TestDatabase _database = null!;
    private IngestHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ReceiveChirpStackMessage Receive => _host.Services.GetRequiredService<ReceiveChirpStackMessage>();

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _host = new IngestHost(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Uplink_WhenTheDeviceIsKnown_IsInTheLogByteForByte()
    {
        var device = await ADeviceAsync(DevEui);
        var payload = Bytes(Uplink());

        await HandleAsync(Topic("up"), payload, isRetained: false);

        var uplink = UplinkReceived.From(Assert.Single(_host.Log.Appended(LogTopic.Uplinks)));
        Assert.Equal(payload, uplink.Payload.ToArray());
        Assert.Equal((device.Id, device.ApplicationId, DeviceType.LoRaWan), (uplink.DeviceId, uplink.ApplicationId, uplink.Network));
        Assert.Equal(("dedup-1", 2, 17L, -71d, 9.5d), (uplink.DeduplicationId, uplink.FPort, uplink.FCnt, uplink.Rssi, uplink.Snr));
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero), uplink.SentAt);
    }

    [Theory]
    [InlineData("join", NetworkEventKind.Join)]
    [InlineData("status", NetworkEventKind.Status)]
    [InlineData("ack", NetworkEventKind.Ack)]
    [InlineData("txack", NetworkEventKind.TxAck)]
    [InlineData("log", NetworkEventKind.Log)]
    [InlineData("location", NetworkEventKind.Location)]
    public async Task Event_WhenTheDeviceIsKnown_IsInTheLogOfEvents(string word, NetworkEventKind kind)
    {
        var device = await ADeviceAsync(DevEui);
        var payload = Bytes($$"""{"time":"2026-01-31T08:00:00Z","deviceInfo":{"devEui":"{{DevEui}}"},"margin":7}""");

        await HandleAsync(Topic(word), payload, isRetained: false);
        await HandleAsync(Topic(word), payload, isRetained: false);

        var events = _host.Log.Appended(LogTopic.NetworkEvents).Select(NetworkEvent.From).ToList();
        Assert.All(events, e => Assert.Equal((kind, device.Id, null), (e.Kind, e.DeviceId, e.GatewayId)));
        Assert.Single(events.Select(e => e.DeduplicationId).Distinct());
        Assert.Equal(payload, events[0].Payload.ToArray());
        Assert.Empty(_host.Log.Appended(LogTopic.Uplinks));
    }

    [Fact]
    public async Task Message_WhenNobodyOwnsIt_IsPassedOver()
    {
        await ADeviceAsync("1112131415161718");

        await HandleAsync(Topic("up"), Bytes(Uplink()), isRetained: false);
        await HandleAsync(Topic("up"), Bytes("not json"), isRetained: false);
        await HandleAsync(Topic("up"), default, isRetained: false);
        await HandleAsync(Topic("up"), new byte[1024 * 1024], isRetained: false);
        await HandleAsync("something/else", Bytes(Uplink()), isRetained: false);

        // The device that a message names must be the one of its topic, which is what a broker can keep others from.
        await HandleAsync("application/a/device/1112131415161718/event/up", Bytes(Uplink()), isRetained: false);

        Assert.Empty(_host.Log.Appended(LogTopic.Uplinks));
        Assert.Empty(_host.Log.Appended(LogTopic.NetworkEvents));
    }

    [Fact]
    public async Task Uplink_WhenDeliveredAgain_IsInTheLogOnce()
    {
        await ADeviceAsync(DevEui);

        await HandleAsync(Topic("up"), Bytes(Uplink()), isRetained: false);
        await HandleAsync(Topic("up"), Bytes(Uplink()), isRetained: false);
        var again = new MqttMessage(Topic("up"), Bytes(Uplink().Replace("dedup-1", "dedup-2", StringComparison.Ordinal)), 1, false, DateTimeOffset.UnixEpoch);
        await Receive.HandleAsync([again, again], Ct);

        Assert.Equal(["dedup-1", "dedup-2"], _host.Log.Appended(LogTopic.Uplinks).Select(r => UplinkReceived.From(r).DeduplicationId));
    }

    [Fact]
    public async Task Message_WhenTheLogIsAway_MustComeAgain()
    {
        await ADeviceAsync(DevEui);
        _host.Log.IsAway = true;

        await Assert.ThrowsAsync<LogUnavailableException>(() => HandleAsync(Topic("up"), Bytes(Uplink()), isRetained: false));
        await Assert.ThrowsAsync<LogUnavailableException>(
            () => HandleAsync("gateway/00aa00bb00cc00dd/state/conn", State().ToByteArray(), isRetained: false));
    }

    [Fact]
    public async Task Uplink_WhenTheDevEuiWasChanged_IsOfTheNewOneWithinAMoment()
    {
        const string Other = "ffeeddccbbaa9988";
        var device = await ADeviceAsync(DevEui);
        await HandleAsync(Topic("up"), Bytes(Uplink()), isRetained: false);
        await HandleAsync(Topic("up", Other), Bytes(Uplink(Other)), isRetained: false);
        Assert.Single(_host.Log.Appended(LogTopic.Uplinks));

        await _database.ExecuteAsync($"UPDATE devices SET dev_eui = '{Other}' WHERE id = {device.Id}");

        while (_host.Log.Appended(LogTopic.Uplinks).Count < 2)
        {
            await HandleAsync(Topic("up", Other), Bytes(Uplink(Other).Replace("dedup-1", "dedup-2", StringComparison.Ordinal)), isRetained: false);
        }

        var before = _host.Log.Appended(LogTopic.Uplinks).Count;
        await HandleAsync(Topic("up"), Bytes(Uplink().Replace("dedup-1", "dedup-3", StringComparison.Ordinal)), isRetained: false);
        Assert.Equal(before, _host.Log.Appended(LogTopic.Uplinks).Count);
    }

    [Theory]
    [InlineData("gateway/00aa00bb00cc00dd/", true)]
    [InlineData("eu868/gateway/00AA00BB00CC00DD/", false)]
    public async Task Gateway_WhenItTells_IsInTheLogOfEvents(string topic, bool isRetained)
    {
        var stats = new GatewayStats { GatewayId = "00aa00bb00cc00dd", RxPacketsReceived = 7, TxPacketsEmitted = 2 };

        await HandleAsync(topic + "state/conn", State().ToByteArray(), isRetained);
        await HandleAsync(topic + "event/stats", stats.ToByteArray(), isRetained: false);
        await HandleAsync("gateway/1111111111111111/state/conn", State().ToByteArray(), isRetained);

        var events = _host.Log.Appended(LogTopic.NetworkEvents).Select(NetworkEvent.From).ToList();
        Assert.Equal([NetworkEventKind.GatewayState, NetworkEventKind.GatewayStats], events.Select(e => e.Kind));
        Assert.All(events, e => Assert.Equal("00aa00bb00cc00dd", e.GatewayId));
        Assert.Equal(isRetained, events[0].IsRetained);
        Assert.Contains("\"rxPacketsReceived\": 7", Encoding.UTF8.GetString(events[1].Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversation_WhenPlayedOverARealBroker_IsInTheLogEvenWhenThatWasAway()
    {
        await using var mosquitto = await Mosquitto.StartAsync();
        var broker = $"mqtt://{Mosquitto.Username}:{Mosquitto.Password}@127.0.0.1:{mosquitto.Port}";
        await using var played = await RunningChirpStack.StartAsync(broker, topicPrefix: "eu868");
        var things = await played.AddThingsAsync(DevEui);
        await ADeviceAsync(DevEui);
        await using var host = _host.WithWebHostBuilder(b => b.UseSetting($"ConnectionStrings:{OwnBroker.ConnectionName}", broker));
        var started = host.Services;
        await played.Radio.JoinAsync(DevEui, Ct);
        IReadOnlyList<Reception> heard = [new(things.GatewayId, -71, 9.5f)];

        // Until the listener is there nobody keeps anything for it.
        for (uint sent = 0; _host.Log.Appended(LogTopic.Uplinks).Count == 0; sent++)
        {
            await played.Radio.SendAsync(DevEui, 2, new byte[] { (byte)sent }, heard, 5, 0, Ct);
            await Task.Delay(100, Ct);
        }

        _host.Log.IsAway = true;
        var last = await played.Radio.SendAsync(DevEui, 7, new byte[] { 42 }, heard, 5, 0, Ct);
        await played.Radio.ConnectAsync(things.GatewayId, isOnline: true, Ct);
        await played.Radio.TellStatsAsync(things.GatewayId, 3, 1, Ct);
        await Task.Delay(300, Ct);
        _host.Log.IsAway = false;

        await WaitAsync(() => _host.Log.Appended(LogTopic.Uplinks).Any(r => UplinkReceived.From(r) is { FPort: 7 } u && u.FCnt == last));
        await WaitAsync(() => _host.Log.Appended(LogTopic.NetworkEvents).Select(r => NetworkEvent.From(r).Kind).Distinct()
            .Intersect([NetworkEventKind.GatewayState, NetworkEventKind.GatewayStats]).Count() == 2);
        Assert.NotNull(started);
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(50, Ct);
        }
    }

    private Task HandleAsync(string topic, ReadOnlyMemory<byte> payload, bool isRetained) =>
        Receive.HandleAsync([new MqttMessage(topic, payload, 1, isRetained, TimeProvider.System.GetUtcNow())], Ct);

    private static ConnState State() => new() { GatewayId = "00aa00bb00cc00dd", State = ConnState.Types.State.Online };

    private static string Topic(string what, string devEui = DevEui) => $"application/a/device/{devEui}/event/{what}";

    private static string Uplink(string devEui = DevEui) =>
        $$"""
        { "deduplicationId":"dedup-1","time":"2026-01-31T08:00:00Z","deviceInfo":{"devEui":"{{devEui}}"},
          "dr":5,"fCnt":17,"fPort":2,"data":"AQI=","rxInfo":[{"gatewayId":"00aa00bb00cc00dd","rssi":-71,"snr":9.5}] }
        """;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<LoRaWanDevice> ADeviceAsync(string devEui)
    {
        await using var db = _database.CreateContext();
        var organization = new Organization { Name = Guid.NewGuid().ToString("N") };
        var device = new LoRaWanDevice
        {
            Name = "A device",
            DevEui = devEui,
            DeviceProfile = new DeviceProfile { Id = Guid.NewGuid(), Name = Guid.NewGuid().ToString("N"), Organization = organization },
            Application = new Application { Name = Guid.NewGuid().ToString("N"), Organization = organization },
        };
        db.Devices.Add(device);
        await db.SaveChangesAsync(Ct);
        return device;
    }
}
