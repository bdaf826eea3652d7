using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using OS2iot.Core.MqttDevices;

namespace OS2iot.Workers.MqttDevices;

/// <summary>
/// Our connection to our broker, kept for the whole life of the host: publishes, and gives orders to the dynamic security plugin.
/// </summary>
internal sealed partial class BrokerConnection : BackgroundService
{
    private const string ControlTopic = "$CONTROL/dynamic-security/v1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);

    private readonly BrokerAddress _address;
    private readonly TimeProvider _clock;
    private readonly ILogger<BrokerConnection> _logger;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonArray>> _orders = new(StringComparer.Ordinal);
    private readonly string _clientId = $"{MqttAccountName.OfServices}-workers-{Guid.NewGuid():N}";
    private TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _generation;

    public BrokerConnection(BrokerAddress address, TimeProvider clock, ILogger<BrokerConnection> logger)
    {
        (_address, _clock, _logger) = (address, clock, logger);
        _client.ApplicationMessageReceivedAsync += OnMessageAsync;
        _client.DisconnectedAsync += OnDisconnectedAsync;
    }

    /// <summary>The broker is there, for the first time or again; it may have forgotten everything.</summary>
    public event Action? Connected;

    /// <summary>Counts the connections there were.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Gives orders and waits for what came of them, one for one and in order.</summary>
    /// <exception cref="IOException">The broker is not there.</exception>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public async Task<IReadOnlyList<JsonNode>> OrderAsync(IReadOnlyList<JsonObject> orders, CancellationToken ct)
    {
        var id = Guid.NewGuid().ToString("N");
        foreach (var order in orders)
        {
            order["correlationData"] = id;
        }

        var answer = new TaskCompletionSource<JsonArray>(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders[id] = answer;
        try
        {
            var message = new JsonObject { ["commands"] = new JsonArray([.. orders]) };
            await PublishAsync(ControlTopic, JsonSerializer.SerializeToUtf8Bytes<JsonNode>(message), retain: false, ct);
            var answers = await answer.Task.WaitAsync(Patience + (TimeSpan.FromMilliseconds(500) * orders.Count), _clock, ct);
            return answers.Count == orders.Count
                ? [.. answers.Select(a => a!)]
                : throw new IOException($"The broker answered {answers.Count} of {orders.Count} orders.");
        }
        finally
        {
            _orders.TryRemove(id, out _);
        }
    }

    /// <returns>False when nobody is there who would get it, now or later.</returns>
    /// <exception cref="IOException">The broker is not there, or did not take it.</exception>
    public async Task<bool> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        var message = new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new ReadOnlySequence<byte>(payload),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            Retain = retain,
        };
        try
        {
            var result = await _client.PublishAsync(message, patience.Token);
            return result.ReasonCode switch
            {
                MqttClientPublishReasonCode.Success => true,
                MqttClientPublishReasonCode.NoMatchingSubscribers => false,
                _ => throw new IOException($"The broker did not take a message to {topic}: {result.ReasonCode} {result.ReasonString}"),
            };
        }
        catch (Exception exception) when (exception is MqttCommunicationException or InvalidOperationException)
        {
            throw new IOException("The broker is not there.", exception);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _client.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                _lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await ConnectAsync(stoppingToken);
                LogConnected(_address);
                failures = 0;
                Interlocked.Increment(ref _generation);
                Connected?.Invoke();
                await _lost.Task.WaitAsync(stoppingToken);
                LogLost(_address);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (failures++ == 0)
                {
                    LogNotConnected(exception, _address);
                }
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await Task.Delay(BackOff(failures), _clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await SayGoodbyeAsync();
    }

    private static TimeSpan BackOff(int failures)
    {
        var wait = TimeSpan.FromMilliseconds(200 * Math.Pow(2, Math.Min(failures, 10)));
        return (wait < LongestBackOff ? wait : LongestBackOff) * (0.75 + (Random.Shared.NextDouble() / 2));
    }

    private async Task ConnectAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(_clientId)
            .WithCleanStart()
            .WithCredentials(_address.Username, _address.Password)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
            .WithTimeout(Patience)
            .WithTcpServer(_address.Host, _address.Port)
            .WithTlsOptions(tls => tls.UseTls(_address.IsTls).WithTargetHost(_address.Host))
            .Build();
        var connected = await _client.ConnectAsync(options, patience.Token);
        if (connected.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new IOException($"The broker refused the connection: {connected.ResultCode}.");
        }

        await _client.SubscribeAsync(ControlTopic + "/response", MqttQualityOfServiceLevel.AtLeastOnce, patience.Token);
    }

    private async Task SayGoodbyeAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), timeout.Token);
        }
        catch (Exception)
        {
            // It is closed one way or the other.
        }
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs args)
    {
        _lost.TrySetResult();
        foreach (var order in _orders.Values)
        {
            order.TrySetException(new IOException("The connection to the broker was lost."));
        }

        return Task.CompletedTask;
    }

    /// <summary><c>{"responses":[{"command":"createRole","correlationData":"…","error":"…","data":{…}}]}</c>, to whoever gave orders.</summary>
    private Task OnMessageAsync(MqttApplicationMessageReceivedEventArgs args)
    {
        try
        {
            var payload = args.ApplicationMessage.Payload.ToArray();
            if (JsonNode.Parse(payload)?["responses"] is JsonArray { Count: > 0 } responses
                && (string?)responses[0]?["correlationData"] is { } id && _orders.TryGetValue(id, out var order))
            {
                order.TrySetResult(responses);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            LogNotUnderstood(exception);
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "Connected to our broker as {Address}")]
    private partial void LogConnected(BrokerAddress address);

    [LoggerMessage(LogLevel.Warning, "The connection to our broker as {Address} is lost; connecting again")]
    private partial void LogLost(BrokerAddress address);

    [LoggerMessage(LogLevel.Warning, "No connection to our broker as {Address}; trying until there is one")]
    private partial void LogNotConnected(Exception exception, BrokerAddress address);

    [LoggerMessage(LogLevel.Warning, "An answer of our broker was not understood")]
    private partial void LogNotUnderstood(Exception exception);
}
