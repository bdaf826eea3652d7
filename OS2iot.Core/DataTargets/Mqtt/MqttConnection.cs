using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Channel;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Core.DataTargets.Mqtt;

/// <summary>One target's connection to its broker: opened by the first message, opened again by the next after it broke.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore whose wait handle nobody asked for holds nothing.")]
internal sealed class MqttConnection(int dataTargetId, Broker broker, GuardedConnection network)
{
    /// <summary>Messages that wait for the broker's acknowledgement at once; fewer where the broker says so.</summary>
    private const ushort MaxInFlight = 16;

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _opening = new(1);

    /// <summary>Short, as MQTT 3.1.1 lets brokers refuse more than 23 characters; different in each process.</summary>
    private readonly string _clientId = $"os2iot{dataTargetId:x}x{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    private readonly MqttTls? _tls = MqttTls.Read(broker);

    private MqttProtocolVersion _version = MqttProtocolVersion.V500;
    private Session? _session;
    private int _attempts;
    private Failed? _failed;

    public Broker Broker => broker;

    /// <summary>Sends under way. This and what follows belong to the sender, under its lock.</summary>
    public int Users { get; set; }

    public long LastUsed { get; set; }

    /// <summary>Closed by the last who leaves.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Delivered once the broker acknowledged as the quality of service asks.</summary>
    public async Task<DeliveryResult> PublishAsync(string topic, ReadOnlyMemory<byte> payload, int qos, bool retain, CancellationToken ct)
    {
        var (session, failure) = await OpenAsync(ct);
        if (session is null)
        {
            return failure!;
        }

        if (qos > session.MaximumQos)
        {
            return new DeliveryResult(DeliveryOutcome.Refused, Error: $"The target takes no messages with QoS {qos}.");
        }

        await session.Room.WaitAsync(ct);
        try
        {
            var message = new MqttApplicationMessage
            {
                Topic = topic,
                Payload = new ReadOnlySequence<byte>(payload),
                QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos,
                Retain = retain,
                ContentType = _version == MqttProtocolVersion.V500 ? "application/json" : null,
            };
            var result = await session.Client.PublishAsync(message, ct);
            return result.IsSuccess ? DeliveryResult.Delivered : Failure(result.ReasonCode);
        }
        finally
        {
            session.Room.Release();
        }
    }

    public async Task CloseAsync()
    {
        await _opening.WaitAsync();
        try
        {
            if (_session is { } session)
            {
                _session = null;
                await CloseAsync(session.Client);
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    private static async Task CloseAsync(IMqttClient client)
    {
        try
        {
            using var timeout = new CancellationTokenSource(Farewell);
            if (client.IsConnected)
            {
                await client.DisconnectAsync(new MqttClientDisconnectOptions(), timeout.Token);
            }
        }
        catch (Exception)
        {
            // It is closed one way or the other.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task<(Session? Session, DeliveryResult? Failure)> OpenAsync(CancellationToken ct)
    {
        if (_session is { Client.IsConnected: true } open)
        {
            return (open, null);
        }

        if (_tls is null)
        {
            return (null, new DeliveryResult(DeliveryOutcome.Refused, Error: "The client certificate with its key, or the CA certificate, is not valid."));
        }

        var attempts = Volatile.Read(ref _attempts);
        await _opening.WaitAsync(ct);
        try
        {
            if (_session is { Client.IsConnected: true } opened)
            {
                return (opened, null);
            }

            // Whoever waited while another could not connect fails with it, instead of knocking once more each.
            if (_failed is { } failed && failed.Attempt > attempts)
            {
                return failed.Exception is null ? (null, failed.Result) : throw new IOException("The broker could not be reached.", failed.Exception);
            }

            _session?.Client.Dispose();
            _session = null;
            _failed = null;
            Volatile.Write(ref _attempts, _attempts + 1);
            try
            {
                var (session, failure) = await ConnectAsync(ct);
                _session = session;
                _failed = failure is null ? null : new Failed(_attempts, failure, null);
                return (session, failure);
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                _failed = new Failed(_attempts, null, exception);
                throw;
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>By MQTT 5, or by 3.1.1 where the broker does not understand that.</summary>
    private async Task<(Session? Session, DeliveryResult? Failure)> ConnectAsync(CancellationToken ct)
    {
        try
        {
            var (session, code) = await ConnectAsync(_version, ct);
            if (_version == MqttProtocolVersion.V311 || !IsOfOlderProtocol(code))
            {
                return (session, session is null ? Failure(code) : null);
            }
        }
        catch (Exception exception) when (_version == MqttProtocolVersion.V500 && !ct.IsCancellationRequested && IsOfProtocol(exception))
        {
            // Older brokers close the connection, or answer in the form of their own version.
        }

        var (older, olderCode) = await ConnectAsync(MqttProtocolVersion.V311, ct);
        if (older is not null)
        {
            _version = MqttProtocolVersion.V311;
        }

        return (older, older is null ? Failure(olderCode) : null);
    }

    private async Task<(Session? Session, MqttClientConnectResultCode Code)> ConnectAsync(MqttProtocolVersion version, CancellationToken ct)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        try
        {
            var connected = await client.ConnectAsync(Options(version), ct);
            if (connected.ResultCode == MqttClientConnectResultCode.Success)
            {
                return (new Session(client, connected, version), connected.ResultCode);
            }

            client.Dispose();
            return (null, connected.ResultCode);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private MqttClientOptions Options(MqttProtocolVersion version) => new MqttClientOptionsBuilder()
        .WithProtocolVersion(version)
        .WithClientId(_clientId)
        .WithCleanStart()
        .WithCredentials(broker.Username, broker.Password)
        .WithKeepAlivePeriod(KeepAlive)
        .WithTimeout(Patience)
        .WithEndPoint(new DnsEndPoint(broker.Host, broker.Port))
        .WithStreamProvider(new GuardedStream(network, broker))
        .WithTlsOptions(tls => tls
            .UseTls(!broker.IsPlain)
            .WithTargetHost(broker.Host)
            .WithRevocationMode(X509RevocationMode.NoCheck) // as for HTTP; a list that can't be had would stop deliveries
            .WithClientCertificates(_tls!.Identity)
            .WithCertificateValidationHandler(check => _tls.Trusts(check.Certificate, check.Chain, check.SslPolicyErrors)))
        .Build();

    /// <summary>Codes of MQTT 5 that refuse begin at 128; lower ones are of MQTT 3.1.1.</summary>
    private static bool IsOfOlderProtocol(MqttClientConnectResultCode code) =>
        code is MqttClientConnectResultCode.UnsupportedProtocolVersion or (not MqttClientConnectResultCode.Success and < MqttClientConnectResultCode.UnspecifiedError);

    /// <summary>The network was fine, and who answered is whom we meant.</summary>
    private static bool IsOfProtocol(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: not (SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown) }
                or EgressRefusedException or AuthenticationException)
            {
                return false;
            }
        }

        return true;
    }

    private static DeliveryResult Failure(MqttClientConnectResultCode code) => code switch
    {
        MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized
            or MqttClientConnectResultCode.BadAuthenticationMethod or MqttClientConnectResultCode.Banned =>
            new(DeliveryOutcome.Refused, (int)code, "The target refused the user name or the password."),
        _ => new(DeliveryOutcome.RetryLater, (int)code, $"The target refused the connection ({code})."),
    };

    private static DeliveryResult Failure(MqttClientPublishReasonCode code) => code switch
    {
        MqttClientPublishReasonCode.NotAuthorized =>
            new(DeliveryOutcome.Refused, (int)code, "The target does not let this user publish to the topic."),
        MqttClientPublishReasonCode.TopicNameInvalid => new(DeliveryOutcome.Refused, (int)code, "The target does not take the topic."),
        MqttClientPublishReasonCode.PayloadFormatInvalid => new(DeliveryOutcome.Refused, (int)code, "The target does not take the payload."),
        _ => new(DeliveryOutcome.RetryLater, (int)code, $"The target did not take the message ({code})."),
    };

    /// <summary>A connection that did not come about, and why.</summary>
    private sealed record Failed(int Attempt, DeliveryResult? Result, Exception? Exception);

    /// <summary>A connection that the broker accepted.</summary>
    private sealed class Session(IMqttClient client, MqttClientConnectResult accepted, MqttProtocolVersion version)
    {
        public IMqttClient Client => client;

        // Only MQTT 5 brokers tell what they take.
        public int MaximumQos { get; } = version == MqttProtocolVersion.V500 ? (int)accepted.MaximumQoS : 2;

        public SemaphoreSlim Room { get; } = new(accepted.ReceiveMaximum is > 0 and < MaxInFlight and { } fewer ? fewer : MaxInFlight);
    }

    /// <summary>Connects only where a user may send us.</summary>
    private sealed class GuardedStream(GuardedConnection network, Broker broker) : IMqttClientStreamProvider
    {
        public async Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken) =>
            new NetworkStream(await network.ConnectAsync(broker.Host, broker.Port, broker.IsPlain, cancellationToken), ownsSocket: true);
    }
}
