using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using MQTTnet;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Simulator.ChirpStack;
using OS2iot.Tests.DataTargets;
using DeviceProfile = OS2iot.Core.ChirpStack.Protos.DeviceProfile;
using MulticastGroup = OS2iot.Core.ChirpStack.Protos.MulticastGroup;

namespace OS2iot.Tests.ChirpStack;

/// <summary>The simulator's ChirpStack answers and publishes as the real one.</summary>
public sealed class PlayedChirpStackTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Things_WhenCreatedChangedAndDeleted_AreAsTheyWereSaid()
    {
        await using var played = await RunningChirpStack.StartAsync();
        var things = await played.AddThingsAsync();
        var devices = played.Client.Devices;

        var device = (await devices.GetAsync(things.DevEui, Ct)).Device;
        device.Name = "Renamed";
        device.Tags["os2iot"] = "7";
        await devices.UpdateAsync(device, Ct);
        var listed = Assert.Single(await devices.ListAsync(things.ApplicationId, Ct));
        await played.Client.Applications.DeleteAsync(things.ApplicationId, Ct);

        Assert.Equal(("Renamed", "7", "A profile"), (listed.Name, listed.Tags["os2iot"], listed.DeviceProfileName));
        Assert.Equal(ChirpStackFailure.NotFound, await FailureAsync(() => devices.GetAsync(things.DevEui, Ct)));
        Assert.Empty(await played.Client.Applications.ListAsync(things.TenantId, Ct));
    }

    [Fact]
    public async Task Mistakes_AreRefusedAsTheRealOneDoes()
    {
        await using var played = await RunningChirpStack.StartAsync();
        var things = await played.AddThingsAsync();
        var (devices, gateways) = (played.Client.Devices, played.Client.Gateways);
        var device = (await devices.GetAsync(things.DevEui, Ct)).Device;
        var gateway = (await gateways.GetAsync(things.GatewayId, Ct)).Gateway;
        var keys = new DeviceKeys { DevEui = things.DevEui, NwkKey = new string('2', 32) };

        Assert.Equal(ChirpStackFailure.AlreadyExists, await FailureAsync(() => devices.CreateAsync(device, Ct)));
        Assert.Equal(ChirpStackFailure.AlreadyExists, await FailureAsync(() => gateways.CreateAsync(gateway, Ct)));
        Assert.Equal(ChirpStackFailure.AlreadyExists, await FailureAsync(() => devices.CreateKeysAsync(keys, Ct)));
        Assert.Equal(ChirpStackFailure.NotFound, await FailureAsync(() => devices.DeleteAsync("ffffffffffffffff", Ct)));
        Assert.Equal(ChirpStackFailure.NotFound, await FailureAsync(() => played.Client.Applications.GetAsync(Guid.NewGuid().ToString(), Ct)));
        Assert.Equal(ChirpStackFailure.Refused, await FailureAsync(() => played.Client.Applications.GetAsync("no-id", Ct)));
        Assert.Equal(ChirpStackFailure.Refused, await FailureAsync(() => devices.EnqueueAsync(new DeviceQueueItem { DevEui = things.DevEui }, Ct)));
        Assert.Equal(ChirpStackFailure.Refused, await FailureAsync(() => played.Client.DeviceProfiles.CreateAsync(new DeviceProfile(), Ct)));

        // To ChirpStack a key that is too short is a failure of its own.
        keys.NwkKey = "1234";
        Assert.Equal(ChirpStackFailure.Unavailable, await FailureAsync(() => devices.UpdateKeysAsync(keys, Ct)));
    }

    [Fact]
    public async Task Key_WhenItIsAnother_IsUnknown()
    {
        await using var played = await RunningChirpStack.StartAsync();
        using var stranger = new ClientOf(played.Address, "another-key");

        var exception = await Assert.ThrowsAsync<ChirpStackException>(() => stranger.Client.Tenants.ListAsync("", Ct));

        Assert.Equal(ChirpStackFailure.BadKey, exception.Failure);
        Assert.DoesNotContain("another-key", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outage_CanBeSwitchedOnAndOff()
    {
        await using var played = await RunningChirpStack.StartAsync();
        played.Network.Faults = new ChirpStackFaults { Code = StatusCode.Unavailable };

        Assert.Equal(ChirpStackFailure.Unavailable, await FailureAsync(() => played.Client.Tenants.ListAsync("", Ct)));
        played.Network.Faults = new ChirpStackFaults();

        Assert.Empty(await played.Client.Tenants.ListAsync("", Ct));
    }

    [Fact]
    public async Task Call_WhenItGetsNoAnswer_EndsInTime()
    {
        await using var played = await RunningChirpStack.StartAsync();
        played.Network.Faults = new ChirpStackFaults { DelayMs = (int)TimeSpan.FromHours(1).TotalMilliseconds };

        using var impatient = new ClientOf(played.Address, RunningChirpStack.ApiKey, TimeSpan.FromSeconds(1));

        var exception = await Assert.ThrowsAsync<ChirpStackException>(() => impatient.Client.Tenants.ListAsync("", Ct));

        Assert.Equal("ChirpStack did not answer in time. Try again later.", exception.Message);
    }

    [Fact]
    public async Task List_WhenLongerThanAPage_IsReadToItsEnd()
    {
        const int Many = 1_203;
        await using var played = await RunningChirpStack.StartAsync();
        var things = await played.AddThingsAsync();
        for (var i = 1; i < Many; i++)
        {
            await played.Client.Devices.CreateAsync(
                new Device { DevEui = $"{i:x16}", Name = $"Device {i}", ApplicationId = things.ApplicationId, DeviceProfileId = things.ProfileId }, Ct);
        }

        var listed = await played.Client.Devices.ListAsync(things.ApplicationId, Ct);

        Assert.Equal(Many, listed.Select(d => d.DevEui).Distinct().Count());
    }

    [Fact]
    public async Task MulticastGroup_TakesDevicesOfItsApplicationOnly()
    {
        await using var played = await RunningChirpStack.StartAsync();
        var things = await played.AddThingsAsync();
        var groups = played.Client.MulticastGroups;
        var other = await played.Client.Applications.CreateAsync(new Application { Name = "Other", TenantId = things.TenantId }, Ct);
        var key = new string('3', 32);
        MulticastGroup Group(string application) => new() { Name = "G", ApplicationId = application, McAddr = "01020304", McNwkSKey = key, McAppSKey = key };
        var own = await groups.CreateAsync(Group(things.ApplicationId), Ct);
        var foreign = await groups.CreateAsync(Group(other), Ct);

        await groups.AddDeviceAsync(own, things.DevEui, Ct);
        await groups.AddGatewayAsync(own, things.GatewayId, Ct);
        var first = await groups.EnqueueAsync(new MulticastGroupQueueItem { MulticastGroupId = own, FPort = 5, Data = ByteString.CopyFrom(1) }, Ct);
        var second = await groups.EnqueueAsync(new MulticastGroupQueueItem { MulticastGroupId = own, FPort = 5, Data = ByteString.CopyFrom(2) }, Ct);

        Assert.Equal((0u, 1u), (first, second));
        Assert.Equal([0u, 1u], (await groups.ListQueueAsync(own, Ct)).Select(i => i.FCnt));
        Assert.Single(await played.Client.Devices.ListOfMulticastGroupAsync(own, Ct));
        Assert.Equal(ChirpStackFailure.NotFound, await FailureAsync(() => groups.AddDeviceAsync(foreign, things.DevEui, Ct)));
        Assert.Equal(ChirpStackFailure.AlreadyExists, await FailureAsync(() => groups.AddDeviceAsync(own, things.DevEui, Ct)));
    }

    [Fact]
    public async Task Radio_TellsOfAWholeConversation()
    {
        await using var mosquitto = await Mosquitto.StartAsync();
        await using var listener = await Heard.ListenAsync(mosquitto);
        await using var played = await RunningChirpStack.StartAsync(listener.Broker, topicPrefix: "eu868");
        var things = await played.AddThingsAsync();
        IReadOnlyList<Reception> receptions = [new(things.GatewayId, -71, 0), new("00aa00bb00cc00de", -103, -4.5f)];
        var topic = $"application/{things.ApplicationId}/device/{things.DevEui}/event/";

        Assert.Null(await played.Radio.SendAsync(things.DevEui, 2, new byte[] { 1 }, receptions, 5, 0, Ct));
        Assert.True(await played.Radio.JoinAsync(things.DevEui, Ct));
        var join = await listener.NextAsync(topic + "join");
        var item = await played.Client.Devices.EnqueueAsync(
            new DeviceQueueItem { DevEui = things.DevEui, FPort = 7, Confirmed = true, Data = ByteString.CopyFrom(9) }, Ct);
        await played.Radio.SendAsync(things.DevEui, 2, new byte[] { 1, 2 }, receptions, 3, 0, Ct);
        var first = await listener.NextAsync(topic + "up");
        var txack = await listener.NextAsync(topic + "txack");
        await played.Radio.SendAsync(things.DevEui, 2, new byte[] { 3 }, receptions, 3, 4, Ct);
        var ack = await listener.NextAsync(topic + "ack");
        var second = await listener.NextAsync(topic + "up");
        await played.Radio.RepeatAsync(things.DevEui, Ct);
        var again = await listener.NextAsync(topic + "up");
        await played.Radio.TellStatusAsync(things.DevEui, 12, 87.5f, Ct);
        var status = await listener.NextAsync(topic + "status");
        await played.Radio.ConnectAsync(things.GatewayId, isOnline: true, Ct);
        var state = await listener.NextBytesAsync($"eu868/gateway/{things.GatewayId}/state/conn");

        Assert.Equal((string?)join["devAddr"], (string?)first["devAddr"]);
        Assert.Equal(("AQI=", 0, 9, 3), ((string?)first["data"], (int)first["fCnt"]!, (int)first["txInfo"]!["modulation"]!["lora"]!["spreadingFactor"]!, (int)first["dr"]!));
        Assert.Null(first["rxInfo"]![0]!["snr"]);
        Assert.Equal(-4.5, (double)first["rxInfo"]![1]!["snr"]!);
        Assert.Equal((item, item, true), ((string?)txack["queueItemId"], (string?)ack["queueItemId"], (bool)ack["acknowledged"]!));
        Assert.Equal(5, (int)second["fCnt"]!);
        Assert.True(JsonNode.DeepEquals(second, again));
        Assert.Equal((12, 87.5, false), ((int)status["margin"]!, (double)status["batteryLevel"]!, (bool)status["batteryLevelUnavailable"]!));
        Assert.Equal((things.GatewayId, ConnState.Types.State.Online), (ConnState.Parser.ParseFrom(state).GatewayId, ConnState.Parser.ParseFrom(state).State));
        Assert.Empty(await played.Client.Devices.GetQueueAsync(things.DevEui, Ct));
    }

    private static async Task<ChirpStackFailure> FailureAsync(Func<Task> call) => (await Assert.ThrowsAsync<ChirpStackException>(call)).Failure;

    /// <summary>Everything that is published, by topic.</summary>
    private sealed class Heard(IMqttClient client, string broker) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, Channel<byte[]>> _topics = new();

        public string Broker => broker;

        public static async Task<Heard> ListenAsync(Mosquitto mosquitto)
        {
            var client = new MqttClientFactory().CreateMqttClient();
            var heard = new Heard(client, $"mqtt://{Mosquitto.Username}:{Mosquitto.Password}@127.0.0.1:{mosquitto.Port}");
            client.ApplicationMessageReceivedAsync += message =>
            {
                heard.Of(message.ApplicationMessage.Topic).Writer.TryWrite(message.ApplicationMessage.Payload.ToArray());
                return Task.CompletedTask;
            };
            await client.ConnectAsync(
                new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", mosquitto.Port).WithCredentials(Mosquitto.Username, Mosquitto.Password).Build(), Ct);
            await client.SubscribeAsync("#", cancellationToken: Ct);
            return heard;
        }

        public async Task<byte[]> NextBytesAsync(string topic) => await Of(topic).Reader.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        public async Task<JsonNode> NextAsync(string topic) => JsonNode.Parse(Encoding.UTF8.GetString(await NextBytesAsync(topic)))!;

        public async ValueTask DisposeAsync()
        {
            await client.DisconnectAsync();
            client.Dispose();
        }

        private Channel<byte[]> Of(string topic) => _topics.GetOrAdd(topic, _ => Channel.CreateUnbounded<byte[]>());
    }
}
