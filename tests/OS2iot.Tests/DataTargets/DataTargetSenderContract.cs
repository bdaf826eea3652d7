using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Tests.DataTargets;

/// <summary>
/// What every sender must do, against real servers. A new one derives from this, or from <see cref="HttpSenderContract{TSettings}"/>,
/// says how its settings name an address, and adds what is its own.
/// </summary>
public abstract class DataTargetSenderContract<TSettings> : IAsyncLifetime
    where TSettings : class
{
    private protected static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    private IHost? _host;

    private protected IServiceProvider Services => _host!.Services;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected FakeTimeProvider Clock { get; } = new(Now);

    /// <summary>Names that resolve as a test wants.</summary>
    private protected FakeNames Names { get; } = new();

    /// <summary>Where a target is that works.</summary>
    private protected abstract Uri TargetUrl { get; }

    /// <summary>How many messages it got; waits a moment for those that are expected.</summary>
    private protected abstract Task<int> ReceivedAsync(int expected);

    private protected virtual string PlainScheme => "http";

    private protected virtual string SecureScheme => "https";

    /// <summary>Settings that lead to that address within that time.</summary>
    protected abstract TSettings SettingsFor(Uri url, int timeoutMs = 5_000);

    private protected abstract ValueTask StartAsync();

    private protected abstract ValueTask StopAsync();

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        _host = Host([TargetUrl.Authority]);
    }

    public async ValueTask DisposeAsync()
    {
        _host?.Dispose();
        await StopAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Send_WhenTheTargetTakesIt_IsDelivered()
    {
        var result = await SendAsync();

        Assert.True(result.Outcome == DeliveryOutcome.Delivered, result.Error);
        Assert.Null(result.Error);
        Assert.Equal(1, await ReceivedAsync(expected: 1));
    }

    [Fact]
    public async Task Send_WhenTheTargetHangs_GivesUpInTime()
    {
        await using var target = new RawTarget(async (stream, ct) => await stream.CopyToAsync(Stream.Null, ct));
        using var host = Host([target.Address]);
        var watch = Stopwatch.StartNew();

        var result = await SendAsync(SettingsFor(target.Url(PlainScheme), 300), host);

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Contains("did not answer within", result.Error, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Send_WhenTheTargetDripsItsAnswer_GivesUpInTime()
    {
        await using var target = new RawTarget(async (stream, ct) =>
        {
            foreach (var letter in "HTTP/1.1 200 OK\r\nX-Slow: " + new string('x', 1000))
            {
                await stream.WriteAsync(new[] { (byte)letter }, ct);
                await Task.Delay(50, ct);
            }
        });
        using var host = Host([target.Address]);
        var watch = Stopwatch.StartNew();

        var result = await SendAsync(SettingsFor(target.Url(PlainScheme), 500), host);

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Send_WhenTheTargetResets_RetriesLater()
    {
        await using var target = new RawTarget((stream, _) =>
        {
            stream.Socket.LingerState = new LingerOption(true, 0);
            stream.Socket.Close();
            return Task.CompletedTask;
        });
        using var host = Host([target.Address]);

        // Often, because the reset meets the client in any of its steps.
        for (var i = 0; i < 100; i++)
        {
            var result = await SendAsync(SettingsFor(target.Url(PlainScheme)), host);

            Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
            Assert.Contains("closed", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Send_WhenNobodyListens_RetriesLater()
    {
        var target = new RawTarget((_, _) => Task.CompletedTask);
        using var host = Host([target.Address]);
        await target.DisposeAsync();

        var result = await SendAsync(SettingsFor(target.Url(PlainScheme)), host);

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Contains("refused the connection", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("target.example")]
    public async Task Send_WhenTheCertificateIsNobodys_DoesNotSend(string certificateName)
    {
        var received = 0;
        using var certificate = FakeTarget.SelfSigned(certificateName);
        await using var target = new RawTarget(async (stream, ct) =>
        {
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(certificate);
            received += await tls.ReadAsync(new byte[1], ct);
        });
        using var host = Host(["127.0.0.0/8"]);

        var result = await SendAsync(SettingsFor(target.Url(SecureScheme, "localhost")), host);

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Contains("certificate", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, received);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0.0.0.0:{0}/")]
    [InlineData("https://10.0.0.1:{0}/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    public async Task Send_WhenTheAddressIsInternal_IsRefused(string url)
    {
        using var host = Host([]);

        var result = await SendAsync(SettingsFor(Url(url)), host);

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Contains("internal or reserved", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, await ReceivedAsync(expected: 0));
    }

    [Fact]
    public async Task Send_WhenANameChangesItsAddress_ChecksTheOneConnectedTo()
    {
        // Public when asked first, ours from then on: whoever asks twice is taken in.
        Names.Answers["rebind.example"] = new Queue<IPAddress>([IPAddress.Parse("127.0.0.1"), IPAddress.Parse("93.184.216.34")]);
        using var host = Host([]);

        var result = await SendAsync(SettingsFor(Url("https://rebind.example:{0}/")), host);

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Equal(1, Names.Asked);
        Assert.Equal(0, await ReceivedAsync(expected: 0));
    }

    [Fact]
    public async Task Send_WhenAPublicHostIsAddressedWithoutEncryption_IsRefused()
    {
        Names.Answers["public.example"] = new Queue<IPAddress>([IPAddress.Parse("93.184.216.34")]);
        using var host = Host([]);

        var result = await SendAsync(SettingsFor(Url("http://public.example/")), host);

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Contains("Plain http", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhenTheNameIsUnknown_RetriesLater()
    {
        using var host = Host([]);

        var result = await SendAsync(SettingsFor(Url("https://nobody.example/")), host);

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Contains("name is not known", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhenTheOperatorAllowsTheNetwork_Sends()
    {
        using var host = Host(["127.0.0.0/8"]);

        var result = await SendAsync(SettingsFor(TargetUrl), host);

        Assert.Equal(DeliveryOutcome.Delivered, result.Outcome);
    }

    [Fact]
    public async Task Send_WhenTheAddressIsIPv6_ConnectsToIt()
    {
        var called = new TaskCompletionSource();
        await using var target = new RawTarget(
            (_, _) =>
            {
                called.TrySetResult();
                return Task.CompletedTask;
            },
            IPAddress.IPv6Loopback);
        using var host = Host(["::1/128"]);

        await SendAsync(SettingsFor(target.Url(PlainScheme)), host);

        Assert.True(called.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Send_WhenCancelled_Throws()
    {
        await using var target = new RawTarget(async (stream, ct) => await stream.CopyToAsync(Stream.Null, ct));
        using var host = Host([target.Address]);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        cancel.CancelAfter(200);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(SettingsFor(target.Url(PlainScheme)), host, cancel.Token));
    }

    private protected static DeliveryMessage Message(string payload = """[{"a":1}]""") => new()
    {
        MessageId = Guid.Parse("0199f0c4-0000-7000-8000-000000000001"),
        DeviceId = 1,
        ApplicationId = 2,
        OrganizationId = 3,
        ReceivedAt = Now,
        DataTargetId = 4,
        Payload = Encoding.UTF8.GetBytes(payload),
    };

    private protected Task<DeliveryResult> SendAsync(
        TSettings? settings = null, IHost? host = null, CancellationToken? ct = null, DeliveryMessage? message = null)
    {
        var type = DataTargetTypes.All.Single(t => t.SettingsType == typeof(TSettings));
        return (host ?? _host!).Services.GetRequiredService<DataTargetSenders>()
            .SendAsync(type, settings ?? SettingsFor(TargetUrl), message ?? Message(), ct ?? Ct);
    }

    private protected IHost Host(string[] allowedHosts)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(allowedHosts.Select((host, i) => KeyValuePair.Create($"Egress:AllowedHosts:{i}", (string?)host)));
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.AddDataTargets();
        builder.Services.Replace(ServiceDescriptor.Singleton<INameResolver>(Names));
        return builder.Build();
    }

    private Uri Url(string http) => new(string.Format(null, http, TargetUrl.Port)
        .Replace("https:", SecureScheme + ":", StringComparison.Ordinal)
        .Replace("http:", PlainScheme + ":", StringComparison.Ordinal));

    /// <summary>Accepts connections and does with them what it is told.</summary>
    private protected sealed class RawTarget : IAsyncDisposable
    {
        private readonly TcpListener _listener;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving;

        public RawTarget(Func<NetworkStream, CancellationToken, Task> serve, IPAddress? address = null)
        {
            _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
            _listener.Start();
            Address = _listener.LocalEndpoint.ToString()!;
            _serving = ServeAsync(serve);
        }

        /// <summary>Host and port.</summary>
        public string Address { get; }

        public Uri Url(string scheme, string? host = null) =>
            new($"{scheme}://{(host is null ? Address : host + Address[Address.LastIndexOf(':')..])}/");

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Dispose();
            await _serving;
            _stop.Dispose();
        }

        private async Task ServeAsync(Func<NetworkStream, CancellationToken, Task> serve)
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                    await using var stream = client.GetStream();
                    await serve(stream, _stop.Token);
                }
                catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException
                    or System.Security.Authentication.AuthenticationException)
                {
                    // The other side had enough, or we have.
                }
            }
        }
    }

    private protected sealed class FakeNames : INameResolver
    {
        public Dictionary<string, Queue<IPAddress>> Answers { get; } = [];

        public int Asked { get; private set; }

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
        {
            Asked++;
            return Task.FromResult<IPAddress[]>(
                host == "localhost" ? [IPAddress.Loopback] : Answers.TryGetValue(host, out var answers) ? [answers.Dequeue()] : []);
        }
    }
}
