using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets.Egress;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Secrets;
using OS2iot.Core.Uplinks;
using OS2iot.Ingest.Instances;
using OS2iot.Ingest.Limits;
using OS2iot.Ingest.Mqtt;

namespace OS2iot.Ingest.MqttExternalBroker;

/// <summary>
/// Holds a connection for each subscription at others' brokers that falls to this instance. Each follows its device: new settings end
/// the old connection and begin another, and what can't work is told to the user and left alone until the settings change.
/// </summary>
internal sealed partial class MqttExternalBrokerListener(
    ExternalBrokers brokers,
    InstanceRoster roster,
    PostgreSqlNotifications notifications,
    SecretProtector protector,
    GuardedConnection network,
    IngestLimits limits,
    IMessageLog log,
    MqttMetrics metrics,
    IOptions<MqttExternalBrokerOptions> options,
    TimeProvider clock,
    ILoggerFactory logs,
    ILogger<MqttExternalBrokerListener> logger) : BackgroundService
{
    public const string Name = "external";

    /// <summary>The device's id; 0 where many may have changed.</summary>
    private const string Channel = "mqtt_subscription_changed";

    private const long MaxBytes = 64L * 1024 * 1024;
    private const int MaxBytesOfOne = 2 * 1024 * 1024;

    /// <summary>Connections are begun one after the other, so that a thousand don't shake hands in one moment.</summary>
    private static readonly TimeSpan BetweenStarts = TimeSpan.FromMilliseconds(3);

    private static readonly TimeSpan RereadInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenNews = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    private readonly MqttBudget _budget = new(MaxBytes);
    private readonly Dictionary<int, Running> _running = [];
    private readonly ConcurrentDictionary<int, bool> _changed = new();
    private readonly ConcurrentDictionary<int, ConnectionNews> _news = new();
    private readonly SemaphoreSlim _signal = new(0);
    private volatile bool _allMayHaveChanged = true;

    public override void Dispose()
    {
        base.Dispose();
        _signal.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        roster.Changed += All;
        using var subscription = notifications.Subscribe(Channel, OnChanged, All);
        var news = WriteNewsAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SettleAsync(stoppingToken);
                _allMayHaveChanged |= !await _signal.WaitAsync(RereadInterval, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRead(exception);
                _allMayHaveChanged = true;
                await Task.Delay(AfterFailure, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                // The host ends.
            }
        }

        roster.Changed -= All;
        await Task.WhenAll(_running.Values.Select(r => r.Work));
        await news;
    }

    private void OnChanged(string payload)
    {
        if (int.TryParse(payload, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0)
        {
            _changed[id] = true;
            _signal.Release();
        }
        else
        {
            All();
        }
    }

    private void All()
    {
        _allMayHaveChanged = true;
        _signal.Release();
    }

    private async Task SettleAsync(CancellationToken stoppingToken)
    {
        var all = _allMayHaveChanged;
        _allMayHaveChanged = false;
        int[] ids = [.. _changed.Keys];
        foreach (var id in ids)
        {
            _changed.TryRemove(id, out _);
        }

        if (!all && ids.Length == 0)
        {
            return;
        }

        var wanted = new Dictionary<int, (ExternalBroker Broker, bool WorkedBefore)>();
        var existing = new HashSet<int>();
        await brokers.ReadAsync(all ? null : ids, (broker, workedBefore) =>
        {
            existing.Add(broker.DeviceId);
            if (roster.Owns(broker.DeviceId))
            {
                wanted[broker.DeviceId] = (broker, workedBefore);
            }
        }, stoppingToken);

        foreach (var id in all ? _running.Keys.ToArray() : ids)
        {
            if (!wanted.TryGetValue(id, out var want))
            {
                // Another instance's from now on, or nobody's any more.
                End(id, forgetsSession: !existing.Contains(id));
            }
            else if (_running.TryGetValue(id, out var running) && running.Broker.ClientId != want.Broker.ClientId)
            {
                End(id, forgetsSession: true);
            }
        }

        var starts = 0;
        foreach (var (broker, workedBefore) in wanted.Values)
        {
            if (_running.TryGetValue(broker.DeviceId, out var running) && running.Broker == broker && !running.HasEnded)
            {
                continue;
            }

            var before = running?.Work ?? Task.CompletedTask;
            running?.End.Cancel();
            var started = new Running(broker, CancellationTokenSource.CreateLinkedTokenSource(stoppingToken));
            started.Work = RunAsync(started, before, workedBefore, BetweenStarts * starts++);
            _running[broker.DeviceId] = started;
        }

        // Those that ended, and whose successor nobody is.
        foreach (var (id, running) in _running.Where(r => r.Value.Work.IsCompleted && !wanted.ContainsKey(r.Key)).ToArray())
        {
            _running.Remove(id);
            running.End.Dispose();
        }
    }

    private void End(int id, bool forgetsSession)
    {
        if (_running.TryGetValue(id, out var running))
        {
            running.ForgetsSession = forgetsSession;
            running.End.Cancel();
        }
    }

    private async Task RunAsync(Running running, Task before, bool workedBefore, TimeSpan delay)
    {
        var ct = running.End.Token;
        await Task.Yield();
        await before;
        try
        {
            await Task.Delay(delay, clock, ct);
            if (!workedBefore)
            {
                Tell(running.Broker.DeviceId, new MqttListenerState(IsConnected: false, Failure: null));
            }

            var failure = await ListenAsync(running, new Patience(workedBefore, options.Value, clock), ct);
            if (failure is not null && failure.Kind != MqttFailureKind.TakenOver)
            {
                await GiveUpAsync(running.Broker, failure.Reason, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Ended from outside.
        }
        catch (Exception exception)
        {
            LogFailed(exception, running.Broker.DeviceId);
        }
        finally
        {
            running.HasEnded = true;
        }
    }

    private async Task<MqttFailure?> ListenAsync(Running running, Patience patience, CancellationToken ct)
    {
        var broker = running.Broker;
        MqttEndpoint endpoint;
        try
        {
            endpoint = broker.ToEndpoint(protector);
        }
        catch (MqttSettingsException exception)
        {
            return MqttFailure.Of(exception);
        }

        var subscription = new MqttSubscription
        {
            Name = Name,
            ClientId = broker.ClientId,
            Filters = [broker.Topic!],
            Qos = broker.Qos,
            SessionExpiry = options.Value.SessionExpiry,
            MaxInFlight = (ushort)options.Value.MaxInFlight,
            MaxHeld = 2 * options.Value.MaxInFlight,
            MaxBytesInFlight = MaxBytesOfOne,
            MaxPayload = options.Value.MaxPayload,
            LaneOf = _ => "", // one device, one order
            HoldBack = (_, messages) => limits.Check(broker.DeviceId, broker.OrganizationId, messages),
            HoldsUpTo = int.MaxValue, // nobody else waits behind
        };
        var listener = new MqttListener(
            subscription, endpoint, MqttDialer.ToUsers(network), (messages, cancel) => AppendAsync(broker, messages, cancel), _budget, metrics, clock,
            logs.CreateLogger<MqttListener>())
        {
            LongestBackOff = options.Value.LongestBackOff,
            ForgetsSession = () => running.ForgetsSession,
            GivesUp = failure => patience.IsExhausted(failure) || (failure.Kind == MqttFailureKind.TakenOver && !roster.IsCurrent),
            StateChanged = state =>
            {
                if (state.IsConnected)
                {
                    patience.Connected();
                }

                Tell(broker.DeviceId, state);
            },
        };
        return await listener.RunAsync(ct);
    }

    private async Task AppendAsync(ExternalBroker broker, IReadOnlyList<MqttMessage> messages, CancellationToken ct)
    {
        var records = messages.Select(message => new UplinkReceived
        {
            MessageId = Guid.CreateVersion7(message.ReceivedAt),
            DeviceId = broker.DeviceId,
            ApplicationId = broker.ApplicationId,
            OrganizationId = broker.OrganizationId,
            Network = DeviceType.MqttExternalBroker,
            ReceivedAt = message.ReceivedAt,
            Payload = JsonPayload.Of(message.Payload),
        }.ToRecord());
        await log.AppendAsync(LogTopic.Uplinks, [.. records], ct);
        limits.Taken(broker.OrganizationId, messages.Count);
    }

    private void Tell(int deviceId, MqttListenerState state) => _news[deviceId] = new ConnectionNews(
        deviceId,
        state.IsConnected ? MqttConnectionState.Connected : MqttConnectionState.Connecting,
        state.Failure?.Reason,
        clock.GetUtcNow());

    /// <summary>Until it is written, or somebody else decides.</summary>
    private async Task GiveUpAsync(ExternalBroker broker, string reason, CancellationToken ct)
    {
        LogGivenUp(broker.DeviceId, reason);
        _news.TryRemove(broker.DeviceId, out _);
        while (true)
        {
            try
            {
                await brokers.GiveUpAsync(broker, reason, ct);
                return;
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                LogNotWritten(exception);
                await Task.Delay(AfterFailure, clock, ct);
            }
        }
    }

    /// <summary>The newest state of each, many in one statement.</summary>
    private async Task WriteNewsAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(BetweenNews, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ConnectionNews[] news = [.. _news.Values];
            if (news.Length == 0)
            {
                continue;
            }

            try
            {
                await brokers.WriteAsync(news, stoppingToken);
                foreach (var written in news)
                {
                    _news.TryRemove(KeyValuePair.Create(written.DeviceId, written));
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotWritten(exception);
                await Task.Delay(AfterFailure, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception)
            {
                // The host ends.
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The subscriptions at others' brokers could not be read; trying again")]
    private partial void LogNotRead(Exception exception);

    [LoggerMessage(LogLevel.Warning, "How subscriptions stand could not be written; trying again")]
    private partial void LogNotWritten(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The subscription of device {DeviceId} is given up: {Reason}")]
    private partial void LogGivenUp(int deviceId, string reason);

    [LoggerMessage(LogLevel.Error, "The subscription of device {DeviceId} ended")]
    private partial void LogFailed(Exception exception, int deviceId);

    private sealed class Running(ExternalBroker broker, CancellationTokenSource end)
    {
        private volatile bool _hasEnded;
        private volatile bool _forgetsSession;

        public ExternalBroker Broker => broker;

        public CancellationTokenSource End => end;

        public Task Work { get; set; } = Task.CompletedTask;

        public bool HasEnded
        {
            get => _hasEnded;
            set => _hasEnded = value;
        }

        public bool ForgetsSession
        {
            get => _forgetsSession;
            set => _forgetsSession = value;
        }
    }
}
