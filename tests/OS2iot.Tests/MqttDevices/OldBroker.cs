using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OS2iot.Tests.MqttDevices;

/// <summary>Speaks MQTT 3.1.1 and nothing newer: closes the connection of who comes with 5. Keeps one client's session.</summary>
internal sealed class OldBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private volatile Socket? _client;
    private bool _hasSession;

    public OldBroker()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public int Connections { get; private set; }

    public int Subscriptions { get; private set; }

    public ConcurrentQueue<int> Acknowledged { get; } = new();

    public void Publish(string topic, ushort packetId, bool isDuplicate, string payload) => _client!.Send(Packet(topic, packetId, isDuplicate, payload));

    public void Drop() => _client!.Close();

    /// <summary>Hands all over at once, and is killed: it never heard of them when it is back.</summary>
    public void PublishAndForget(string topic, IReadOnlyList<string> payloads)
    {
        _hasSession = false;
        _client!.NoDelay = true; // what the system has not sent yet would go with it
        _client!.Send([.. payloads.SelectMany((payload, i) => Packet(topic, (ushort)(i + 1), isDuplicate: false, payload))]);
        Drop();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        _client?.Dispose();
    }

    private static byte[] Packet(string topic, ushort packetId, bool isDuplicate, string payload)
    {
        var name = Encoding.UTF8.GetBytes(topic);
        byte[] body = [(byte)(name.Length >> 8), (byte)name.Length, .. name, (byte)(packetId >> 8), (byte)packetId, .. Encoding.UTF8.GetBytes(payload)];
        return [(byte)(isDuplicate ? 0x3A : 0x32), (byte)body.Length, .. body];
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException or EndOfStreamException)
            {
                // The next may come.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        while (true)
        {
            var type = (await ReadAsync(socket, 1))[0];
            var (length, shift) = (0, 0);
            for (byte part = 0x80; (part & 0x80) != 0; shift += 7)
            {
                part = (await ReadAsync(socket, 1))[0];
                length |= (part & 0x7F) << shift;
            }

            var body = await ReadAsync(socket, length);
            switch (type >> 4)
            {
                case 1 when body[6] != 4:
                    return;
                case 1:
                    await socket.SendAsync((byte[])[0x20, 2, (byte)(_hasSession ? 1 : 0), 0]);
                    _hasSession = true;
                    _client = socket;
                    Connections++;
                    break;
                case 8:
                    Subscriptions++;
                    await socket.SendAsync((byte[])[0x90, 3, body[0], body[1], 1]);
                    break;
                case 4:
                    Acknowledged.Enqueue((body[0] << 8) | body[1]);
                    break;
                case 12:
                    await socket.SendAsync((byte[])[0xD0, 0]);
                    break;
                default:
                    return;
            }
        }
    }

    private async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var more = await socket.ReceiveAsync(bytes.AsMemory(read), _stopping.Token);
            read += more > 0 ? more : throw new EndOfStreamException();
        }

        return bytes;
    }
}
