using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace OS2iot.Simulator.Brokers;

/// <summary>
/// Somebody else's MQTT broker, for this machine only. Whoever knows its password may subscribe; who publishes is the simulator
/// itself. The password is another at each start, as the demo saves it anew.
/// </summary>
internal sealed class OutsideBroker(IOptions<SimulatorOptions> options) : IHostedService, IAsyncDisposable
{
    public const string Username = "os2iot";

    private MqttServer? _server;

    public string Password { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Null where none is played.</summary>
    public int? Port => options.Value.BrokerPort;

    /// <summary>How many are connected.</summary>
    public async Task<int> CountAsync() => _server is null ? 0 : (await _server.GetClientsAsync()).Count;

    public async Task PublishAsync(string topic, byte[] payload, CancellationToken ct)
    {
        if (_server is not null)
        {
            var message = new MqttApplicationMessageBuilder()
                .WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
            await _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(message) { SenderClientId = Username }, ct);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Port is not { } port)
        {
            return;
        }

        _server = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointBoundIPV6Address(IPAddress.IPv6Loopback)
            .WithDefaultEndpointPort(port)
            .WithPersistentSessions()
            .Build());
        _server.ValidatingConnectionAsync += connection =>
        {
            if (connection.UserName != Username || connection.Password != Password)
            {
                connection.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
            }

            return Task.CompletedTask;
        };
        _server.InterceptingPublishAsync += message =>
        {
            message.ProcessPublish = message.ClientId == Username;
            return Task.CompletedTask;
        };
        await _server.StartAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
        {
            await _server.StopAsync();
        }
    }

    public ValueTask DisposeAsync()
    {
        _server?.Dispose();
        return ValueTask.CompletedTask;
    }
}
