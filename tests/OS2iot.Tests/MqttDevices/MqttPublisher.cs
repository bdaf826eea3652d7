using System.Collections.Concurrent;
using System.Text;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace OS2iot.Tests.MqttDevices;

/// <summary>A device that publishes, connects again when it lost its broker, and knows what was acknowledged to it.</summary>
internal sealed class MqttPublisher(int port, Action<MqttClientOptionsBuilder>? more = null) : IAsyncDisposable
{
    private const int EachTurn = 10;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _connecting = new(1);
    private IMqttClient? _client;

    /// <summary>Payloads that the broker acknowledged.</summary>
    public ConcurrentQueue<string> Acknowledged { get; } = new();

    public async Task<bool> PublishAsync(string topic, byte[] payload, int qos = 1, bool retain = false)
    {
        try
        {
            var client = await ConnectAsync();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var result = await client.PublishAsync(
                new MqttApplicationMessage
                {
                    Topic = topic,
                    Payload = new(payload),
                    QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos,
                    Retain = retain,
                },
                patience.Token);
            if (result.IsSuccess)
            {
                Acknowledged.Enqueue(Encoding.UTF8.GetString(payload));
            }

            return result.IsSuccess;
        }
        catch (Exception)
        {
            return false;
        }
    }

    public async Task SendAsync(string topic, string payload, int qos = 1, bool retain = false) =>
        Assert.True(await PublishAsync(topic, Encoding.UTF8.GetBytes(payload), qos, retain), "The broker did not acknowledge.");

    /// <summary>500 messages a second, to one topic after the other, until it is told to stop.</summary>
    public async Task SendManyAsync(IReadOnlyList<string> topics, CancellationToken ct)
    {
        var sent = new List<Task>();
        for (var number = 0; !ct.IsCancellationRequested; )
        {
            for (var i = 0; i < EachTurn; i++, number++)
            {
                sent.Add(PublishAsync(topics[number % topics.Count], Encoding.UTF8.GetBytes($$"""{"number":{{number}}}""")));
            }

            await Task.Delay(Turn, CancellationToken.None);
        }

        await Task.WhenAll(sent);
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IMqttClient> ConnectAsync()
    {
        if (_client is { IsConnected: true } open)
        {
            return open;
        }

        await _connecting.WaitAsync();
        try
        {
            if (_client is { IsConnected: true } opened)
            {
                return opened;
            }

            _client?.Dispose();
            _client = new MqttClientFactory().CreateMqttClient();
            var options = new MqttClientOptionsBuilder().WithProtocolVersion(MqttProtocolVersion.V500).WithTcpServer("127.0.0.1", port);
            more?.Invoke(options);
            await _client.ConnectAsync(options.Build(), CancellationToken.None);
            return _client;
        }
        finally
        {
            _connecting.Release();
        }
    }
}
