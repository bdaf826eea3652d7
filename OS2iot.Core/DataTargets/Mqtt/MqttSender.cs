using System.Globalization;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Core.DataTargets.Mqtt;

/// <summary>
/// Publishes the payload to a topic of a broker. Each target has one connection that lives as long as it is used, with a client id
/// of its own, so that targets on one broker don't end each other's.
/// </summary>
internal sealed class MqttSender : IDataTargetSender<MqttSettings>, IAsyncDisposable, IDisposable
{
    private const int MaxConnections = 5_000;

    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, MqttConnection> _connections = [];
    private readonly GuardedConnection _network;
    private readonly TimeProvider _clock;
    private readonly ITimer _sweep;

    public MqttSender(GuardedConnection network, TimeProvider clock)
    {
        (_network, _clock) = (network, clock);
        _sweep = clock.CreateTimer(_ => CloseIdle(), null, SweepInterval, SweepInterval);
    }

    /// <summary>Connections that are open or being opened.</summary>
    internal int Connections
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    public async Task<DeliveryResult> SendAsync(DeliveryMessage message, MqttSettings settings, CancellationToken ct)
    {
        if (Broker.Of(settings) is not { } broker)
        {
            return new DeliveryResult(DeliveryOutcome.Refused, Error: "The broker's address must begin with mqtts:// or mqtt://.");
        }

        var patience = HttpExchange.Patience(settings.Timeout);
        using var timeout = new CancellationTokenSource(patience);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        var connection = Enter(message.DataTargetId, broker);
        try
        {
            return await connection.PublishAsync(TopicOf(settings, message), message.Payload, settings.MqttQos, settings.MqttRetain ?? false, both.Token);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            return timeout.IsCancellationRequested
                ? new DeliveryResult(DeliveryOutcome.RetryLater, Error: $"The target did not answer within {patience.TotalSeconds:0.#} s.")
                : exception.ToResult("The target");
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        finally
        {
            Leave(connection);
        }
    }

    public void Dispose() => DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(2));

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        List<MqttConnection> all;
        lock (_lock)
        {
            all = [.. _connections.Values];
            _connections.Clear();
        }

        await Task.WhenAll(all.Select(c => c.CloseAsync()));
    }

    private static string TopicOf(MqttSettings settings, DeliveryMessage message) => settings.MqttTopic
        .Replace("{organizationId}", message.OrganizationId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{applicationId}", message.ApplicationId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{deviceId}", message.DeviceId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>The target's connection to that broker; one to another broker, or with another password, is the target's former one.</summary>
    private MqttConnection Enter(int dataTargetId, Broker broker)
    {
        lock (_lock)
        {
            if (_connections.TryGetValue(dataTargetId, out var known) && known.Broker != broker)
            {
                Retire(dataTargetId, known);
                known = null;
            }

            if (known is null)
            {
                MakeRoom();
                _connections[dataTargetId] = known = new MqttConnection(dataTargetId, broker, _network);
            }

            known.Users++;
            known.LastUsed = _clock.GetTimestamp();
            return known;
        }
    }

    private void Leave(MqttConnection connection)
    {
        lock (_lock)
        {
            connection.Users--;
            connection.LastUsed = _clock.GetTimestamp();
            if (connection is { IsRetired: true, Users: 0 })
            {
                _ = connection.CloseAsync();
            }
        }
    }

    private void CloseIdle()
    {
        lock (_lock)
        {
            var idle = _connections.Where(c => c.Value.Users == 0 && _clock.GetElapsedTime(c.Value.LastUsed) >= IdleTime);
            foreach (var (id, connection) in idle.ToList())
            {
                Retire(id, connection);
            }
        }
    }

    private void MakeRoom()
    {
        if (_connections.Count < MaxConnections)
        {
            return;
        }

        var unused = _connections.Where(c => c.Value.Users == 0);
        if (unused.MinBy(c => c.Value.LastUsed) is { Value: { } connection, Key: var dataTargetId })
        {
            Retire(dataTargetId, connection);
        }
    }

    private void Retire(int dataTargetId, MqttConnection connection)
    {
        _connections.Remove(dataTargetId);
        connection.IsRetired = true;
        if (connection.Users == 0)
        {
            _ = connection.CloseAsync();
        }
    }
}

/// <summary>Where a connection leads, and as whom.</summary>
internal sealed record Broker(
    string Host, int Port, bool IsPlain, string Username, string Password, string ClientCertificate = "", string ClientKey = "", string CaCertificate = "")
{
    public static Broker? Of(MqttSettings settings) =>
        Uri.TryCreate(settings.Url, UriKind.Absolute, out var url) && url.Scheme is "mqtt" or "mqtts" && url.Host.Length > 0
            ? new Broker(
                url.DnsSafeHost, settings.MqttPort, url.Scheme == "mqtt", settings.MqttUsername, settings.MqttPassword,
                settings.ClientCertificate ?? "", settings.ClientKey ?? "", settings.CaCertificate ?? "")
            : null;
}
