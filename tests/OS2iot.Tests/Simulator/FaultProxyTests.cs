using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OS2iot.Simulator.Faults;

namespace OS2iot.Tests.Simulator;

/// <summary>The route that tests and simulator break: as good as none while it is well.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    /// <summary>A timer counts in ticks of the system's clock and may be that much early.</summary>
    private static readonly TimeSpan TimerTick = TimeSpan.FromMilliseconds(20);

    private readonly TcpListener _target = new(IPAddress.Loopback, 0);
    private FaultProxy _proxy = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _target.Start();
        _proxy = new FaultProxy(((IPEndPoint)_target.LocalEndpoint).Port);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _target.Dispose();
    }

    [Fact]
    public async Task Route_WhenNothingIsWrong_PassesOnBothWaysAndTheEndOfOneWay()
    {
        var (near, far) = await ConnectAsync();
        using (near)
        using (far)
        {
            await SendAsync(near, 200_000);
            await ReceiveAsync(far, 200_000);
            near.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await far.ReceiveAsync(new byte[1], Ct));

            await SendAsync(far, 3);
            await ReceiveAsync(near, 3);
        }
    }

    [Fact]
    public async Task Route_WhenItIsCut_ResetsAndRefusesUntilItIsHealed()
    {
        var (near, far) = await ConnectAsync();
        using (near)
        using (far)
        {
            _proxy.Cut();

            await Assert.ThrowsAsync<SocketException>(async () => await near.ReceiveAsync(new byte[1], Ct));
            await Assert.ThrowsAsync<SocketException>(async () => await far.ReceiveAsync(new byte[1], Ct));
            using var refused = NewSocket();
            await Assert.ThrowsAsync<SocketException>(async () => await refused.ConnectAsync(IPAddress.Loopback, _proxy.Port, Ct));
        }

        _proxy.Heal();
        var (again, there) = await ConnectAsync();
        using (again)
        using (there)
        {
            await SendAsync(again, 1);
            await ReceiveAsync(there, 1);
        }
    }

    [Fact]
    public async Task Route_WhenItIsABlackHole_TellsNeitherSideAnythingUntilItIsHealed()
    {
        var (near, far) = await ConnectAsync();
        using (far)
        {
            _proxy.Blackhole();
            using var newcomer = NewSocket();
            await newcomer.ConnectAsync(IPAddress.Loopback, _proxy.Port, Ct);
            await SendAsync(near, 5);
            near.Dispose();

            var silence = ReceiveAsync(far, 5);
            await Assert.ThrowsAsync<TimeoutException>(() => silence.WaitAsync(Moment, Ct));
            Assert.False(_target.Pending());

            _proxy.Heal();
            await silence;
            Assert.Equal(0, await far.ReceiveAsync(new byte[1], Ct));
            using var arrived = await _target.AcceptSocketAsync(Ct);
        }
    }

    [Fact]
    public async Task Route_WhenItIsSlow_TakesItsTime()
    {
        var (near, far) = await ConnectAsync();
        using (near)
        using (far)
        {
            _proxy.Delay(Moment, TimeSpan.Zero);
            var started = Stopwatch.GetTimestamp();
            await SendAsync(near, 10);
            await ReceiveAsync(far, 10);
            Assert.InRange(Stopwatch.GetElapsedTime(started), Moment - TimerTick, TimeSpan.MaxValue);

            _proxy.Heal();
            _proxy.Throttle(bytesPerSecond: 1000);
            started = Stopwatch.GetTimestamp();
            await SendAsync(near, 500);
            await ReceiveAsync(far, 500);
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(400), TimeSpan.MaxValue);
        }
    }

    private async Task<(Socket Near, Socket Far)> ConnectAsync()
    {
        var near = NewSocket();
        await near.ConnectAsync(IPAddress.Loopback, _proxy.Port, Ct);
        return (near, await _target.AcceptSocketAsync(Ct));
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static async Task SendAsync(Socket socket, int bytes)
    {
        for (var rest = bytes; rest > 0;)
        {
            rest -= await socket.SendAsync(new byte[rest], Ct);
        }
    }

    private static async Task ReceiveAsync(Socket socket, int bytes)
    {
        var buffer = new byte[bytes];
        for (var rest = bytes; rest > 0;)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(0, rest), Ct);
            Assert.NotEqual(0, read);
            rest -= read;
        }
    }
}
