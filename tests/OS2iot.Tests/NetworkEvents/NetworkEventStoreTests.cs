using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Core.Applications;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Devices;
using OS2iot.Core.Downlinks;
using OS2iot.Core.Gateways;
using OS2iot.Core.Messaging;
using OS2iot.Core.NetworkEvents;
using OS2iot.Core.Organizations;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Duplicates;
using OS2iot.Workers.NetworkEvents;

namespace OS2iot.Tests.NetworkEvents;

public sealed class NetworkEventStoreTests(PostgreSql postgres) : IAsyncLifetime
{
    private const string GatewayId = "00aa00bb00cc00dd";

    private readonly DateTimeOffset _now = new(DateTime.UtcNow.Date.AddHours(12), TimeSpan.Zero);
    private TestDatabase _database = null!;
    private NetworkEventStore _store = null!;
    private LoRaWanDevice _device = null!;
    private Gateway _gateway = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _store = new NetworkEventStore(_database.DataSource);
        await using var db = _database.CreateContext();
        var organization = new Organization { Name = "Strandby" };
        _gateway = new Gateway { GatewayId = GatewayId, Name = "Mast", Organization = organization };
        _device = new LoRaWanDevice
        {
            Name = "A device",
            DevEui = "0102030405060708",
            DeviceProfile = new DeviceProfile { Id = Guid.NewGuid(), Name = "P", Organization = organization },
            Application = new Application { Name = "A", Organization = organization },
        };
        db.Gateways.Add(_gateway);
        db.Devices.Add(_device);
        await db.SaveChangesAsync(Ct);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task JoinAndStatus_AreWhatIsKnownOfTheDevice()
    {
        await StoreAsync(
            OfDevice(NetworkEventKind.Join, """{"devAddr":"00ABCDEF"}""", 0),
            OfDevice(NetworkEventKind.Status, """{"margin":12,"batteryLevel":87.5,"batteryLevelUnavailable":false}""", 1),
            OfDevice(NetworkEventKind.Status, """{"margin":1,"batteryLevel":10}""", -60));

        var state = await StateAsync();
        Assert.Equal(("00abcdef", _now), (state.DevAddr, state.JoinedAt));
        Assert.Equal((87.5, 12, false, _now.AddSeconds(1)), (state.BatteryLevel, state.LinkMargin, state.HasExternalPower, state.StatusAt));
    }

    [Theory]
    [InlineData("""{"margin":3,"batteryLevel":0,"batteryLevelUnavailable":true}""", null, false)]
    [InlineData("""{"margin":3,"batteryLevel":0,"externalPowerSource":true}""", null, true)]
    [InlineData("""{"margin":3,"batteryLevel":0}""", 0d, false)]
    [InlineData("""{"margin":3,"batteryLevel":700}""", null, false)]
    public async Task Status_WhenTheDeviceDoesNotKnowItsBattery_DoesNotInventOne(string payload, double? battery, bool external)
    {
        await StoreAsync(OfDevice(NetworkEventKind.Status, payload));

        var state = await StateAsync();
        Assert.Equal((battery, external, 3), (state.BatteryLevel, state.HasExternalPower, state.LinkMargin));
    }

    [Fact]
    public async Task Event_WhenDeliveredTwice_IsStoredAndCountedOnce()
    {
        var stats = OfGateway(NetworkEventKind.GatewayStats, """{"rxPacketsReceived":5,"txPacketsEmitted":2}""");
        var again = stats with { EventId = Guid.CreateVersion7(), ReceivedAt = stats.ReceivedAt.AddSeconds(3) };

        await StoreAsync(stats, again);
        await StoreAsync(stats);
        await StoreAsync(again);

        await using var db = _database.CreateContext();
        var traffic = await db.GatewayTraffic.SingleAsync(Ct);
        Assert.Equal((5, 2, DateOnly.FromDateTime(_now.UtcDateTime)), (traffic.RxPacketsReceived, traffic.TxPacketsEmitted, traffic.Day));
        Assert.Equal(1, await db.NetworkEvents.CountAsync(Ct));
        var gateway = await db.Gateways.SingleAsync(Ct);
        Assert.Equal((5, 2, _now), (gateway.RxPacketsReceived, gateway.TxPacketsEmitted, gateway.LastSeenAt));
    }

    [Fact]
    public async Task Event_WhenItIsOfNobodyHere_IsNotStored()
    {
        await StoreAsync(
            OfDevice(NetworkEventKind.Join, """{"devAddr":"00abcdef"}""") with { DeviceId = 999_999 },
            OfGateway(NetworkEventKind.GatewayState, """{"state":"ONLINE"}""") with { GatewayId = "1111111111111111" },
            OfDevice(NetworkEventKind.Location, "[]"));

        await using var db = _database.CreateContext();
        Assert.Equal(NetworkEventKind.Location, (await db.NetworkEvents.SingleAsync(Ct)).Kind);
    }

    [Fact]
    public async Task Downlink_WhenTheNetworkTells_GoesFromQueuedToSentToAcknowledged()
    {
        var id = await ADownlinkAsync("item-1");

        await StoreAsync(OfDevice(NetworkEventKind.TxAck, """{"queueItemId":"item-1","fCntDown":9,"gatewayId":"00aa00bb00cc00dd"}"""));
        var sent = await DownlinkAsync(id);
        await StoreAsync(OfDevice(NetworkEventKind.Ack, """{"queueItemId":"item-1","acknowledged":true,"fCntDown":9}""", 5));
        await StoreAsync(OfDevice(NetworkEventKind.TxAck, """{"queueItemId":"item-1","fCntDown":10}""", 6));
        var acknowledged = await DownlinkAsync(id);

        Assert.Equal((DownlinkState.Sent, 9L, _now), (sent.State, sent.FCntDown, sent.SentAt));
        Assert.Equal((DownlinkState.Acknowledged, 9L, _now.AddSeconds(5)), (acknowledged.State, acknowledged.FCntDown, acknowledged.AcknowledgedAt));
    }

    [Theory]
    [InlineData(NetworkEventKind.Ack, """{"queueItemId":"item-1","acknowledged":false}""", "The device did not acknowledge it.")]
    [InlineData(
        NetworkEventKind.Log,
        """{"level":"ERROR","code":"DOWNLINK_PAYLOAD_SIZE","description":"Too long","context":{"queue_item_id":"item-1"}}""",
        "DOWNLINK_PAYLOAD_SIZE: Too long")]
    public async Task Downlink_WhenItFails_SaysWhy(NetworkEventKind kind, string payload, string error)
    {
        var id = await ADownlinkAsync("item-1");
        var other = await ADownlinkAsync("item-2");

        await StoreAsync(OfDevice(kind, payload));

        Assert.Equal((DownlinkState.Failed, error), ((await DownlinkAsync(id)).State, (await DownlinkAsync(id)).Error));
        Assert.Equal(DownlinkState.Queued, (await DownlinkAsync(other)).State);
    }

    [Fact]
    public async Task GatewayState_IsHistoryOnlyWhenItChanges()
    {
        const string Online = """{"state":"ONLINE"}""", Offline = """{"gatewayId":"00aa00bb00cc00dd"}""";

        await StoreAsync(OfGateway(NetworkEventKind.GatewayState, Online));
        await StoreAsync(OfGateway(NetworkEventKind.GatewayState, Online, 60) with { IsRetained = true });
        await StoreAsync(OfGateway(NetworkEventKind.GatewayState, Offline, 120), OfGateway(NetworkEventKind.GatewayState, Online, 121));

        await using var db = _database.CreateContext();
        Assert.Equal(
            [(_now, true), (_now.AddSeconds(120), false), (_now.AddSeconds(121), true)],
            (await db.GatewayStatuses.OrderBy(s => s.At).ToListAsync(Ct)).Select(s => (s.At, s.WasOnline)));
        Assert.Equal(_now.AddSeconds(121), (await db.Gateways.SingleAsync(Ct)).LastSeenAt);
    }

    [Fact]
    public async Task Watch_NoticesGatewaysThatGoSilentAndComeBackAndANewDay()
    {
        var clock = new FakeTimeProvider(_now.AddMinutes(10));
        var watch = new GatewayWatchJob(_database.DataSource, Options.Create(new NetworkEventOptions()), clock, NullLogger<GatewayWatchJob>.Instance);
        await StoreAsync(
            OfGateway(NetworkEventKind.GatewayState, """{"state":"ONLINE"}"""),
            OfGateway(NetworkEventKind.GatewayStats, """{"rxPacketsReceived":5}""", 30));

        await watch.RunAsync(Ct);
        await watch.RunAsync(Ct);
        await StoreAsync(OfGateway(NetworkEventKind.GatewayStats, """{"rxPacketsReceived":1}""", 600));
        await watch.RunAsync(Ct);
        var today = await GatewayAsync();
        clock.Advance(TimeSpan.FromDays(1));
        await watch.RunAsync(Ct);
        var tomorrow = await GatewayAsync();

        await using var db = _database.CreateContext();
        Assert.Equal(
            [(_now, true), (_now.AddSeconds(30 + 150), false), (_now.AddSeconds(600), true), (_now.AddSeconds(600 + 150), false)],
            (await db.GatewayStatuses.OrderBy(s => s.At).ToListAsync(Ct)).Select(s => (s.At, s.WasOnline)));
        Assert.Equal((6, 0), (today.RxPacketsReceived, tomorrow.RxPacketsReceived));
    }

    [Fact]
    public async Task Receptions_AreStoredOnceForEachGatewayAndGoWithTheDevice()
    {
        var log = new MemoryLog();
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var firsts = new FirstReceptions(
            _database.DataSource, Options.Create(new DuplicatesOptions()), meters.GetRequiredService<IMeterFactory>());
        using var consumer = new StoreReceptions(log, firsts, _database.DataSource, NullLogger<StoreReceptions>.Instance);
        await consumer.StartAsync(Ct);
        var uplink = new UplinkReceived
        {
            MessageId = Guid.CreateVersion7(),
            DeviceId = _device.Id,
            ApplicationId = _device.ApplicationId,
            OrganizationId = 1,
            Network = DeviceType.LoRaWan,
            ReceivedAt = _now,
            DeduplicationId = "dedup-1",
            Payload = Encoding.UTF8.GetBytes(
                """
                {"deviceInfo":{"devEui":"0102030405060708"},"fCnt":8,"dr":5,"rxInfo":[{"gatewayId":"00aa00bb00cc00dd","rssi":-71,"snr":9.5},
                 {"gatewayId":"00aa00bb00cc00de","rssi":-100}],"txInfo":{"frequency":868100000,"modulation":{"lora":{"spreadingFactor":7}}}}
                """),
        };
        var foreign = uplink with { Network = DeviceType.GenericHttp, MessageId = Guid.CreateVersion7() };

        await log.HandAsync(LogTopic.Uplinks, StoreReceptions.Group, Ct, uplink.ToRecord(), foreign.ToRecord());
        await log.HandAsync(LogTopic.Uplinks, StoreReceptions.Group, Ct, (uplink with { ReceivedAt = _now.AddSeconds(5) }).ToRecord());
        await consumer.StopAsync(Ct);

        await using var db = _database.CreateContext();
        var stored = await db.Receptions.OrderBy(r => r.GatewayEui).ToListAsync(Ct);
        Assert.Equal([(GatewayId, -71d, 9.5), ("00aa00bb00cc00de", -100d, 0d)], stored.Select(r => (r.GatewayEui, r.Rssi!.Value, r.Snr!.Value)));
        Assert.Equal((8L, 5, 7, 868100000L), (stored[0].FCnt!.Value, stored[0].Dr!.Value, stored[0].SpreadingFactor!.Value, stored[0].Frequency!.Value));
        db.Remove(await db.Devices.SingleAsync(Ct));
        await db.SaveChangesAsync(Ct);
        Assert.False(await db.Receptions.AnyAsync(Ct));
    }

    [Fact]
    public async Task History_DropsOldDaysAndMakesThoseAhead()
    {
        await StoreAsync(OfDevice(NetworkEventKind.Location, "{}"));
        var clock = new FakeTimeProvider(_now.AddDays(20));
        var job = new NetworkHistoryJob(_database.DataSource, Options.Create(new NetworkEventOptions()), clock, NullLogger<NetworkHistoryJob>.Instance);

        await job.RunAsync(Ct);

        await using var db = _database.CreateContext();
        Assert.False(await db.NetworkEvents.AnyAsync(Ct));
        var ahead = $"network_events_{_now.AddDays(23):yyyyMMdd}";
        Assert.True(await _database.ScalarAsync<bool>($"SELECT to_regclass('{ahead}') IS NOT NULL"));
    }

    private NetworkEvent OfDevice(NetworkEventKind kind, string payload, int seconds = 0) => new()
    {
        EventId = Guid.CreateVersion7(),
        Kind = kind,
        DeviceId = _device.Id,
        Network = DeviceType.LoRaWan,
        ReceivedAt = _now.AddSeconds(seconds),
        DeduplicationId = Guid.NewGuid().ToString(),
        Payload = Encoding.UTF8.GetBytes(payload),
    };

    private NetworkEvent OfGateway(NetworkEventKind kind, string payload, int seconds = 0) =>
        OfDevice(kind, payload, seconds) with { DeviceId = null, GatewayId = GatewayId };

    // As they come out of the log.
    private Task StoreAsync(params NetworkEvent[] events) => _store.StoreAsync([.. events.Select(e => NetworkEvent.From(e.ToRecord()))], Ct);

    private async Task<LoRaWanState> StateAsync()
    {
        await using var db = _database.CreateContext();
        return await db.LoRaWanStates.SingleAsync(Ct);
    }

    private async Task<Gateway> GatewayAsync()
    {
        await using var db = _database.CreateContext();
        return await db.Gateways.SingleAsync(Ct);
    }

    private async Task<int> ADownlinkAsync(string networkItemId)
    {
        await using var db = _database.CreateContext();
        var item = new DownlinkQueueItem { DeviceId = _device.Id, Payload = [1], FPort = 1, State = DownlinkState.Queued, NetworkItemId = networkItemId };
        db.Downlinks.Add(item);
        await db.SaveChangesAsync(Ct);
        return item.Id;
    }

    private async Task<DownlinkQueueItem> DownlinkAsync(int id)
    {
        await using var db = _database.CreateContext();
        return await db.Downlinks.SingleAsync(d => d.Id == id, Ct);
    }
}
