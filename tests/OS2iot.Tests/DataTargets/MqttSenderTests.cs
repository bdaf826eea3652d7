using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.Mqtt;

namespace OS2iot.Tests.DataTargets;

public sealed class MqttSenderTests : DataTargetSenderContract<MqttSettings>
{
    private readonly ConcurrentQueue<MqttApplicationMessage> _received = new();

    private Mosquitto? _broker;
    private IMqttClient? _subscriber;

    private protected override Uri TargetUrl => new($"mqtt://127.0.0.1:{_broker!.Port}/");

    private protected override string PlainScheme => "mqtt";

    private protected override string SecureScheme => "mqtts";

    protected override MqttSettings SettingsFor(Uri url, int timeoutMs = 5_000) => new()
    {
        Url = url.ToString(),
        Timeout = timeoutMs,
        MqttPort = url.Port > 0 ? url.Port : 8883,
        MqttTopic = "os2iot/data",
        MqttQos = 1,
        MqttUsername = Mosquitto.Username,
        MqttPassword = Mosquitto.Password,
    };

    private protected override async Task<int> ReceivedAsync(int expected)
    {
        for (var i = 0; i < 100 && _received.Count < expected; i++)
        {
            await Task.Delay(20, Ct);
        }

        return _received.Count;
    }

    private protected override async ValueTask StartAsync()
    {
        _broker = await Mosquitto.StartAsync();
        await SubscribeAsync();
    }

    private protected override async ValueTask StopAsync()
    {
        _subscriber?.Dispose();
        await _broker!.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Send_WithEachQualityOfService_PublishesThePayloadByteForByte(int qos)
    {
        var settings = SettingsFor(TargetUrl);
        settings.MqttQos = qos;
        settings.MqttTopic = "os2iot/{organizationId}/{applicationId}/{deviceId}";

        var result = await SendAsync(settings);

        Assert.True(result.Outcome == DeliveryOutcome.Delivered, result.Error);
        Assert.Equal(1, await ReceivedAsync(expected: 1));
        var message = Assert.Single(_received);
        Assert.Equal("os2iot/3/2/1", message.Topic);
        Assert.Equal("""[{"a":1}]""", Encoding.UTF8.GetString(message.Payload.ToArray()));
        Assert.Equal(qos, (int)message.QualityOfServiceLevel);
        Assert.False(message.Retain);
    }

    [Fact]
    public async Task Send_WhenManyAtOnce_UsesOneConnection()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => SendAsync()));

        Assert.All(results, r => Assert.True(r.Outcome == DeliveryOutcome.Delivered, r.Error));
        Assert.Equal(200, await ReceivedAsync(expected: 200));
        Assert.Equal(1, Sender.Connections);
    }

    [Fact]
    public async Task Send_WhenTargetsShareABroker_DoesNotEndTheOthersConnection()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var target = 1; target <= 3; target++)
            {
                Assert.Equal(DeliveryOutcome.Delivered, (await SendAsync(message: Message() with { DataTargetId = target })).Outcome);
            }
        }

        Assert.Equal(9, await ReceivedAsync(expected: 9));
        Assert.Equal(3, Sender.Connections);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Send_WhenThePasswordIsWrong_IsRefusedAndTriedAgainWithTheRightOne(int qos)
    {
        var settings = SettingsFor(TargetUrl);
        settings.MqttQos = qos;
        settings.MqttPassword = "wrong";

        var refused = await SendAsync(settings);
        settings.MqttPassword = Mosquitto.Password;
        var taken = await SendAsync(settings);

        Assert.Equal(DeliveryOutcome.Refused, refused.Outcome);
        Assert.Contains("user name or the password", refused.Error, StringComparison.Ordinal);
        Assert.Equal(DeliveryOutcome.Delivered, taken.Outcome);
        Assert.Equal(1, Sender.Connections);
    }

    [Fact]
    public async Task Send_WhenTheTopicIsClosedToTheUser_IsRefused()
    {
        var settings = SettingsFor(TargetUrl);
        settings.MqttTopic = "closed/topic";

        var result = await SendAsync(settings);

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Contains("does not let this user publish", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhenTheBrokerWasRestarted_ConnectsAgain()
    {
        Assert.Equal(DeliveryOutcome.Delivered, (await SendAsync()).Outcome);
        var port = _broker!.Port;
        await _broker.DisposeAsync();
        var whileAway = await SendAsync();
        _broker = await Mosquitto.StartAsync(port);
        await SubscribeAsync();

        var result = await SendAsync();

        Assert.Equal(DeliveryOutcome.RetryLater, whileAway.Outcome);
        Assert.True(result.Outcome == DeliveryOutcome.Delivered, result.Error);
    }

    [Fact]
    public async Task Send_WhenTheBrokerKnowsOnlyTheOlderProtocol_UsesThat()
    {
        var versions = new ConcurrentQueue<byte>();
        await using var target = new RawTarget(async (stream, ct) =>
        {
            // CONNECT, with the protocol's level in byte 8: 5 is MQTT 5, which is answered as MQTT 3.1.1 answers what it does not know.
            var connect = new byte[1024];
            await stream.ReadAtLeastAsync(connect, 10, cancellationToken: ct);
            versions.Enqueue(connect[8]);
            if (connect[8] != 4)
            {
                await stream.WriteAsync(new byte[] { 0x20, 2, 0, 1 }, ct);
                return;
            }

            await stream.WriteAsync(new byte[] { 0x20, 2, 0, 0 }, ct);
            var publish = new byte[1024];
            await stream.ReadAtLeastAsync(publish, 20, cancellationToken: ct);
            var topic = publish[3];
            await stream.WriteAsync(new byte[] { 0x40, 2, publish[4 + topic], publish[5 + topic] }, ct);
            await stream.CopyToAsync(Stream.Null, ct);
        });
        using var host = Host([target.Address]);

        var result = await SendAsync(SettingsFor(target.Url("mqtt")), host);

        Assert.True(result.Outcome == DeliveryOutcome.Delivered, result.Error);
        Assert.Equal<byte>([5, 4], versions.ToArray());
    }

    [Fact]
    public async Task Send_WhenItWasUnusedForLong_HasClosedTheConnection()
    {
        await SendAsync();

        Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(0, Sender.Connections);
        Assert.Equal(DeliveryOutcome.Delivered, (await SendAsync()).Outcome);
    }

    [Fact]
    public async Task Send_WhenTheAddressIsOfAnotherProtocol_IsRefused()
    {
        var result = await SendAsync(SettingsFor(new Uri("https://target.example:1883/")));

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
    }

    private MqttSender Sender => Services.GetRequiredService<MqttSender>();

    private async Task SubscribeAsync()
    {
        _subscriber?.Dispose();
        var factory = new MqttClientFactory();
        _subscriber = factory.CreateMqttClient();
        _subscriber.ApplicationMessageReceivedAsync += received =>
        {
            _received.Enqueue(received.ApplicationMessage);
            return Task.CompletedTask;
        };
        await _subscriber.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _broker!.Port).WithCredentials(Mosquitto.Username, Mosquitto.Password).Build(), Ct);
        await _subscriber.SubscribeAsync("os2iot/#", MQTTnet.Protocol.MqttQualityOfServiceLevel.ExactlyOnce, Ct);
    }
}
