using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using MQTTnet;
using MQTTnet.Channel;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Ingest.Mqtt;

/// <summary>
/// Holds one session at a broker: connects, subscribes, passes messages to the handler and acknowledges them once that is done. A
/// connection that drops is made again after a while; the broker keeps what came in between.
/// </summary>
internal sealed partial class MqttListener(
    MqttSubscription subscription,
    MqttEndpoint endpoint,
    MqttDialer dialer,
    MqttHandler handler,
    MqttBudget budget,
    MqttMetrics metrics,
    TimeProvider clock,
    ILogger logger)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(500);

    private readonly MqttIntake _intake = new(subscription, handler, budget, metrics, clock, logger);
    private MqttProtocolVersion _version = subscription.AllowsMqtt5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311;
    private bool _isSubscribed;
    private bool _startsClean;

    /// <summary>Told of each change; must be quick.</summary>
    public Action<MqttListenerState>? StateChanged { get; init; }

    /// <summary>Says whether a failure ends the listener; by default none does.</summary>
    public Func<MqttFailure, bool> GivesUp { get; init; } = _ => false;

    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages in memory.</summary>
    public int InFlight => _intake.Count;

    /// <summary>
    /// Says whether to end the session at the broker too when the listener ends: nobody will come back for what it keeps. Otherwise it is there for
    /// the next start.
    /// </summary>
    public Func<bool> ForgetsSession { get; init; } = () => false;

    /// <returns>Why it gave up; null when <paramref name="ct"/> ended it.</returns>
    public async Task<MqttFailure?> RunAsync(CancellationToken ct)
    {
        try
        {
            for (var failures = 0; ; failures++)
            {
                ct.ThrowIfCancellationRequested();
                var (failure, wasConnected) = await ConnectAndServeAsync(ct);
                ct.ThrowIfCancellationRequested();
                metrics.Failure(subscription.Name, failure.Kind);
                _startsClean = failure.Kind == MqttFailureKind.TooLarge;
                if (GivesUp(failure))
                {
                    return failure;
                }

                failures = wasConnected ? 0 : failures;
                if (failures == 0)
                {
                    LogAway(subscription.Name, endpoint, failure.Reason);
                }

                StateChanged?.Invoke(new MqttListenerState(IsConnected: false, failure));
                await Task.Delay(BackOff(failures), clock, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await _intake.CloseAsync(TimeSpan.Zero);
        }
    }

    private TimeSpan BackOff(int failures)
    {
        var wait = FirstBackOff * Math.Pow(2, Math.Min(failures, 12));
        return (wait < LongestBackOff ? wait : LongestBackOff) * (0.5 + Random.Shared.NextDouble());
    }

    private async Task<(MqttFailure Failure, bool WasConnected)> ConnectAndServeAsync(CancellationToken ct)
    {
        MqttSession session;
        try
        {
            session = await ConnectAsync(ct);
        }
        catch (MqttConnectException exception)
        {
            return (exception.Failure, false);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            return (MqttFailure.Of(exception), false);
        }

        metrics.Connected(subscription.Name);
        LogConnected(subscription.Name, endpoint, subscription.ClientId);
        StateChanged?.Invoke(new MqttListenerState(IsConnected: true, Failure: null));
        try
        {
            return (await ServeAsync(session, ct), true);
        }
        finally
        {
            metrics.Disconnected(subscription.Name);
            _intake.End(session);
            session.Client.Dispose();
        }
    }

    private async Task<MqttFailure> ServeAsync(MqttSession session, CancellationToken ct)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stop = ct.Register(() => stopped.TrySetResult());
        while (await Task.WhenAny(session.Closed, stopped.Task, NextPing(session)) is { } first && first != session.Closed && first != stopped.Task)
        {
            await PingAsync(session, ct);
        }

        if (session.Closed.IsCompleted)
        {
            return await session.Closed;
        }

        // What the log takes in a moment is acknowledged; the rest comes again to whoever opens the session next.
        await _intake.CloseAsync(DrainTime);
        await LeaveAsync(session);
        return new MqttFailure(MqttFailureKind.Passing, "The host stops.");
    }

    private Task NextPing(MqttSession session) =>
        session.KeepAlive is { } time ? Task.Delay(time / 2, clock, CancellationToken.None) : session.Closed;

    private static async Task PingAsync(MqttSession session, CancellationToken ct)
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timeout.CancelAfter(Patience);
            await session.Client.PingAsync(timeout.Token);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            session.Abort(MqttFailure.Of(exception));
        }
        catch (Exception)
        {
            // The host ends.
        }
    }

    private async Task LeaveAsync(MqttSession session)
    {
        try
        {
            using var timeout = new CancellationTokenSource(Farewell);
            var options = new MqttClientDisconnectOptions();
            if (_version == MqttProtocolVersion.V500)
            {
                options.SessionExpiryInterval = ForgetsSession() ? 0 : ExpirySeconds;
            }

            await session.Client.DisconnectAsync(options, timeout.Token);
            if (ForgetsSession() && _version != MqttProtocolVersion.V500)
            {
                // The older protocol knows one way only: to come once more with a clean session.
                _startsClean = true;
                (await ConnectAsync(_version, timeout.Token)).Session?.Client.Dispose();
            }
        }
        catch (Exception)
        {
            // It is closed one way or the other; the broker forgets by itself in time.
        }
    }

    /// <summary>By MQTT 5, or by 3.1.1 where the broker does not understand that.</summary>
    private async Task<MqttSession> ConnectAsync(CancellationToken ct)
    {
        try
        {
            var (session, code) = await ConnectAsync(_version, ct);
            if (session is not null)
            {
                return session;
            }

            if (_version == MqttProtocolVersion.V311 || !IsOfOlderProtocol(code))
            {
                throw new MqttConnectException(MqttFailure.Of(code));
            }
        }
        catch (Exception exception) when (_version == MqttProtocolVersion.V500 && !ct.IsCancellationRequested && IsOfProtocol(exception))
        {
            // Older brokers close the connection, or answer in the form of their own version.
        }

        var (older, olderCode) = await ConnectAsync(MqttProtocolVersion.V311, ct);
        _version = older is null ? _version : MqttProtocolVersion.V311;
        return older ?? throw new MqttConnectException(MqttFailure.Of(olderCode));
    }

    private async Task<(MqttSession? Session, MqttClientConnectResultCode Code)> ConnectAsync(MqttProtocolVersion version, CancellationToken ct)
    {
        using var tls = endpoint.IsEncrypted ? new MqttTls(endpoint.Authority, endpoint.Certificate, endpoint.CertificateKey) : null;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(Patience);
        var inbox = new MqttInbox();
        var client = new MqttClientFactory().CreateMqttClient(inbox);
        var session = new MqttSession(client, inbox, _intake, clock);
        try
        {
            var connected = await client.ConnectAsync(Options(version, tls), timeout.Token);
            if (connected.ResultCode != MqttClientConnectResultCode.Success)
            {
                client.Dispose();
                return (null, connected.ResultCode);
            }

            _isSubscribed &= connected.IsSessionPresent;
            _startsClean = false;
            session.KeepAlive = connected.ServerKeepAlive > 0 && connected.ServerKeepAlive < KeepAlive.TotalSeconds
                ? TimeSpan.FromSeconds(connected.ServerKeepAlive)
                : null;
            _intake.Begin(session, connected.IsSessionPresent);
            await SubscribeAsync(client, version, timeout.Token);
            return (session, connected.ResultCode);
        }
        catch
        {
            // Messages may have come with the session already.
            session.End(new MqttFailure(MqttFailureKind.Passing, "The connection was not made."));
            _intake.End(session);
            client.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Each subscription brings the topic's retained message again. MQTT 5 can say that it should not; for 3.1.1 a subscription that the
    /// session has from this process is left as it is.
    /// </summary>
    private async Task SubscribeAsync(IMqttClient client, MqttProtocolVersion version, CancellationToken ct)
    {
        if (_isSubscribed && version == MqttProtocolVersion.V311)
        {
            return;
        }

        var options = new MqttClientSubscribeOptionsBuilder();
        foreach (var topic in subscription.Filters)
        {
            options.WithTopicFilter(filter =>
            {
                filter.WithTopic(topic).WithQualityOfServiceLevel((MqttQualityOfServiceLevel)subscription.Qos);
                if (version == MqttProtocolVersion.V500)
                {
                    filter.WithRetainHandling(MqttRetainHandling.SendAtSubscribeIfNewSubscriptionOnly);
                }
            });
        }

        var result = await client.SubscribeAsync(options.Build(), ct);
        foreach (var item in result.Items)
        {
            if (item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2)
            {
                throw new MqttConnectException(MqttFailure.Of(item.ResultCode));
            }
        }

        if (subscription.FormerFilters.Count > 0)
        {
            var former = new MqttClientUnsubscribeOptionsBuilder();
            foreach (var topic in subscription.FormerFilters)
            {
                former.WithTopicFilter(topic);
            }

            await client.UnsubscribeAsync(former.Build(), ct);
        }

        _isSubscribed = true;
    }

    private uint ExpirySeconds => (uint)subscription.SessionExpiry.TotalSeconds;

    private MqttClientOptions Options(MqttProtocolVersion version, MqttTls? tls)
    {
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(version)
            .WithClientId(subscription.ClientId)
            .WithCleanStart(_startsClean)
            .WithKeepAlivePeriod(KeepAlive)
            .WithTimeout(Patience)
            .WithEndPoint(new DnsEndPoint(endpoint.Host, endpoint.Port))
            .WithStreamProvider(new Way(dialer, endpoint, tls, subscription.MaxPacket))
            .WithTlsOptions(options => options.UseTls(false)); // the way is encrypted already
        if (endpoint.Username is not null)
        {
            options.WithCredentials(endpoint.Username, endpoint.Password);
        }

        if (version == MqttProtocolVersion.V500)
        {
            options
                .WithSessionExpiryInterval(ExpirySeconds)
                .WithReceiveMaximum(subscription.MaxInFlight)
                .WithMaximumPacketSize((uint)subscription.MaxPacket);
        }

        return options.Build();
    }

    /// <summary>Codes of MQTT 5 that refuse begin at 128; lower ones are of MQTT 3.1.1.</summary>
    private static bool IsOfOlderProtocol(MqttClientConnectResultCode code) =>
        code is MqttClientConnectResultCode.UnsupportedProtocolVersion
            or (not MqttClientConnectResultCode.Success and < MqttClientConnectResultCode.UnspecifiedError);

    /// <summary>The network was fine, and who answered is whom we meant.</summary>
    private static bool IsOfProtocol(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: not (SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown) }
                or EgressRefusedException or AuthenticationException or MqttSettingsException or MqttPacketTooLargeException or MqttConnectException
                or OperationCanceledException)
            {
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(LogLevel.Debug, "Connected to the {Listener} broker {Endpoint} as {ClientId}")]
    private partial void LogConnected(string listener, MqttEndpoint endpoint, string clientId);

    [LoggerMessage(LogLevel.Warning, "No connection to the {Listener} broker {Endpoint}; trying again: {Reason}")]
    private partial void LogAway(string listener, MqttEndpoint endpoint, string reason);

    private sealed class Way(MqttDialer dialer, MqttEndpoint endpoint, MqttTls? tls, int maxPacket) : IMqttClientStreamProvider
    {
        public Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken) =>
            dialer.OpenAsync(endpoint, tls, maxPacket, cancellationToken);
    }
}

/// <param name="IsConnected">The broker accepted us and the subscription.</param>
/// <param name="Failure">Why not, where it is not.</param>
internal sealed record MqttListenerState(bool IsConnected, MqttFailure? Failure);
