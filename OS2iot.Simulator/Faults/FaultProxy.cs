using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace OS2iot.Simulator.Faults;

/// <summary>
/// A TCP route to a port of loopback that fails on request: connections that exist feel it at once, new ones as well. Without a
/// request it passes everything on as it came, ends and resets included.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private const int ChunkBytes = 16 * 1024;

    /// <summary>Read ahead of a slow receiver, in each direction.</summary>
    private const int MaxChunks = 64;

    private readonly int _target;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Connection, bool> _connections = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _flows = new();
    private volatile Shape _shape = Shape.None;
    private Socket? _listener;

    public FaultProxy(int targetPort, TimeProvider? clock = null)
    {
        (_target, _clock) = (targetPort, clock ?? TimeProvider.System);
        _flows.SetResult();
        Port = Listen(0);
    }

    /// <summary>Where it listens; the same for its whole life.</summary>
    public int Port { get; }

    public int Connections => _connections.Count;

    /// <summary>Resets every connection and refuses new ones.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _listener?.Dispose();
            _listener = null;
        }

        foreach (var connection in _connections.Keys)
        {
            connection.Reset();
        }
    }

    /// <summary>
    /// Accepts and lets nothing through any more, not even the end of a connection, as a dead route does: neither side learns of it.
    /// </summary>
    public void Blackhole()
    {
        lock (_gate)
        {
            if (_flows.Task.IsCompleted)
            {
                _flows = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Everything arrives later by so much.</summary>
    public void Delay(TimeSpan toTarget, TimeSpan fromTarget) => _shape = _shape with { ToTarget = toTarget, FromTarget = fromTarget };

    /// <summary>Each connection carries so much in each direction.</summary>
    public void Throttle(int bytesPerSecond) => _shape = _shape with { BytesPerSecond = bytesPerSecond };

    /// <summary>Ends all faults. What was on its way through a black hole still arrives.</summary>
    public void Heal()
    {
        _shape = Shape.None;
        lock (_gate)
        {
            _flows.TrySetResult();
            if (_listener is null && !_stopping.IsCancellationRequested)
            {
                Listen(Port);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Cut();
    }

    private int Listen(int port)
    {
        var listener = NewSocket();
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen();
        _listener = listener;
        _ = AcceptAsync(listener);
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await listener.AcceptAsync(_stopping.Token));
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
        }
    }

    private async Task CarryAsync(Socket near)
    {
        near.NoDelay = true;
        using var far = NewSocket();
        using var connection = new Connection(near, far);
        _connections[connection] = true;
        try
        {
            await Flowing();
            await far.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target), _stopping.Token);
            await Task.WhenAll(
                RelayAsync(connection, near, far, shape => shape.ToTarget), RelayAsync(connection, far, near, shape => shape.FromTarget));
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            connection.Reset();
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }

    private async Task RelayAsync(Connection connection, Socket from, Socket to, Func<Shape, TimeSpan> delay)
    {
        var chunks = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(MaxChunks) { SingleReader = true, SingleWriter = true });
        try
        {
            await Task.WhenAll(ReceiveAsync(from, chunks.Writer, delay), SendAsync(to, chunks.Reader));
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            connection.Reset();
        }
    }

    private async Task ReceiveAsync(Socket from, ChannelWriter<Chunk> chunks, Func<Shape, TimeSpan> delay)
    {
        try
        {
            int read;
            do
            {
                var buffer = new byte[ChunkBytes];
                read = await from.ReceiveAsync(buffer, _stopping.Token);
                await chunks.WriteAsync(new Chunk(buffer.AsMemory(0, read), _clock.GetTimestamp(), delay(_shape)), _stopping.Token);
            }
            while (read > 0);
            chunks.Complete();
        }
        catch (Exception exception)
        {
            chunks.Complete(exception);
        }
    }

    private async Task SendAsync(Socket to, ChannelReader<Chunk> chunks)
    {
        await foreach (var chunk in chunks.ReadAllAsync(_stopping.Token))
        {
            if (chunk.Delay > TimeSpan.Zero && chunk.Delay - _clock.GetElapsedTime(chunk.ReceivedAt) is { Ticks: > 0 } left)
            {
                await Task.Delay(left, _clock, _stopping.Token);
            }

            await Flowing();
            if (chunk.Bytes.IsEmpty)
            {
                to.Shutdown(SocketShutdown.Send);
            }

            for (var rest = chunk.Bytes; !rest.IsEmpty;)
            {
                rest = rest[await to.SendAsync(rest[..await PortionAsync(rest.Length)], _stopping.Token)..];
                await Flowing();
            }
        }
    }

    /// <summary>How much may be sent now; a throttled connection has waited for it.</summary>
    private async ValueTask<int> PortionAsync(int wanted)
    {
        if (_shape.BytesPerSecond is not { } rate)
        {
            return wanted;
        }

        // Ten portions a second, or a byte at a time where that is too much.
        var portion = Math.Clamp(rate / 10, 1, wanted);
        await Task.Delay(TimeSpan.FromSeconds((double)portion / rate), _clock, _stopping.Token);
        return portion;
    }

    private async ValueTask Flowing()
    {
        while (Volatile.Read(ref _flows).Task is { IsCompleted: false } flows)
        {
            await flows.WaitAsync(_stopping.Token);
        }
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static bool IsEnd(Exception exception) =>
        exception is SocketException or ObjectDisposedException or OperationCanceledException or ChannelClosedException or InvalidOperationException;

    private readonly record struct Chunk(ReadOnlyMemory<byte> Bytes, long ReceivedAt, TimeSpan Delay);

    private sealed record Shape(TimeSpan ToTarget, TimeSpan FromTarget, int? BytesPerSecond)
    {
        public static readonly Shape None = new(TimeSpan.Zero, TimeSpan.Zero, null);
    }

    private sealed class Connection(Socket near, Socket far) : IDisposable
    {
        public void Reset()
        {
            near.Close(0);
            far.Close(0);
        }

        public void Dispose() => near.Dispose();
    }
}
