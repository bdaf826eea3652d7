using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Ingest.Mqtt;

/// <summary>Opens the way to a broker: TCP, TLS where it is encrypted, WebSocket where it is one.</summary>
internal sealed class MqttDialer
{
    /// <summary>
    /// Bytes; the system may allow less (Linux: <c>net.core.rmem_max</c>). What is under way to us is here when our broker is killed, and
    /// nowhere else.
    /// </summary>
    private const int ReceiveBuffer = 4 * 1024 * 1024;

    private readonly ConnectSocket _connect;

    private MqttDialer(ConnectSocket connect) => _connect = connect;

    private delegate Task<Socket> ConnectSocket(string host, int port, bool isPlain, CancellationToken ct);

    /// <summary>To the operator's own broker.</summary>
    public static MqttDialer ToOurs { get; } = new(ConnectDirectlyAsync);

    /// <summary>To where a user says: only where we let users send us.</summary>
    public static MqttDialer ToUsers(GuardedConnection network) => new(network.ConnectAsync);

    /// <summary>A stream that ends in an error rather than in a packet of more than <paramref name="maxPacket"/> bytes.</summary>
    public async Task<Stream> OpenAsync(MqttEndpoint endpoint, MqttTls? tls, int maxPacket, CancellationToken ct)
    {
        var stream = endpoint.IsWebSocket
            ? await OpenWebSocketAsync(endpoint, tls, ct)
            : await OpenTcpAsync(endpoint, tls, ct);
        return new PacketLimitStream(stream, maxPacket);
    }

    private static async Task<Socket> ConnectDirectlyAsync(string host, int port, bool isPlain, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = ReceiveBuffer };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(host, port), ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> OpenTcpAsync(MqttEndpoint endpoint, MqttTls? tls, CancellationToken ct)
    {
        var network = new NetworkStream(await _connect(endpoint.Host, endpoint.Port, !endpoint.IsEncrypted, ct), ownsSocket: true);
        if (!endpoint.IsEncrypted)
        {
            return network;
        }

        var encrypted = new SslStream(network);
        try
        {
            await encrypted.AuthenticateAsClientAsync((tls ?? MqttTls.Plain).OptionsFor(endpoint.Host), ct);
            return encrypted;
        }
        catch
        {
            await encrypted.DisposeAsync();
            throw;
        }
    }

    private async Task<Stream> OpenWebSocketAsync(MqttEndpoint endpoint, MqttTls? tls, CancellationToken ct)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) => new NetworkStream(
                await _connect(context.DnsEndPoint.Host, context.DnsEndPoint.Port, !endpoint.IsEncrypted, cancel), ownsSocket: true),
            SslOptions = (tls ?? MqttTls.Plain).OptionsFor(endpoint.Host),
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = 16,
        };
        using var invoker = new HttpMessageInvoker(handler);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("mqtt");
            socket.Options.KeepAliveInterval = TimeSpan.Zero; // MQTT has its own
            var scheme = endpoint.IsEncrypted ? "wss" : "ws";
            var host = endpoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{endpoint.Host}]" : endpoint.Host;
            await socket.ConnectAsync(new Uri($"{scheme}://{host}:{endpoint.Port}{endpoint.Path}"), invoker, ct);
            return WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
