using System.Buffers;
using System.Net;
using MQTTnet;
using MQTTnet.Protocol;

namespace OS2iot.Simulator.ChirpStack;

/// <summary>Publishes as ChirpStack and its gateways do. The first message opens the connection, and the next after it broke.</summary>
internal sealed class ChirpStackBroker(IConfiguration configuration) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    /// <summary>Completes once the broker has it. One at a time, in the order of the calls.</summary>
    public async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (!_client.IsConnected)
            {
                await _client.ConnectAsync(Options(), ct);
            }

            await _client.PublishAsync(
                new MqttApplicationMessage
                {
                    Topic = topic,
                    Payload = new ReadOnlySequence<byte>(payload),
                    Retain = retain,
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                },
                ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client.IsConnected)
        {
            await _client.DisconnectAsync();
        }

        _client.Dispose();
        _turn.Dispose();
    }

    private MqttClientOptions Options()
    {
        var address = Uri.TryCreate(configuration.GetConnectionString("mqtt") ?? configuration.GetConnectionString("mosquitto"), UriKind.Absolute, out var uri)
            ? uri
            : throw new InvalidOperationException("Set ConnectionStrings:mqtt to the broker, such as mqtt://user:password@host:1883.");
        var login = address.UserInfo.Split(':', 2);
        return new MqttClientOptionsBuilder()
            .WithClientId($"chirpstack-{Guid.NewGuid():N}")
            .WithTimeout(Patience)
            .WithEndPoint(new DnsEndPoint(address.Host, address.Port))
            .WithCredentials(Uri.UnescapeDataString(login[0]), login.Length > 1 ? Uri.UnescapeDataString(login[1]) : "")
            .Build();
    }
}
