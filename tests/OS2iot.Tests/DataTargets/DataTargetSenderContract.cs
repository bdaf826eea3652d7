using System.Diagnostics;
using System.Net;
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
/// What every sender that speaks HTTP must do, against a real server. A new one derives from this, says how its settings name an
/// address, and adds what is its own.
/// </summary>
public abstract class DataTargetSenderContract<TSettings> : IAsyncLifetime
    where TSettings : class
{
    private protected static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    private FakeTarget? _target;
    private IHost? _host;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected FakeTarget Target => _target!;

    private protected FakeTimeProvider Clock { get; } = new(Now);

    /// <summary>Names that resolve as a test wants.</summary>
    private protected FakeNames Names { get; } = new();

    /// <summary>Settings that lead to that address within that time.</summary>
    protected abstract TSettings SettingsFor(Uri url, int timeoutMs = 5_000);

    public async ValueTask InitializeAsync()
    {
        _target = await FakeTarget.StartAsync();
        _host = Host([_target.Url.Authority]);
    }

    public async ValueTask DisposeAsync()
    {
        _host?.Dispose();
        await Target.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Send_WhenTheTargetTakesIt_IsDelivered()
    {
        var result = await SendAsync();

        Assert.Equal(DeliveryOutcome.Delivered, result.Outcome);
        Assert.Null(result.Error);
        Assert.NotEmpty(Target.Received);
    }

    [Theory]
    [InlineData(200, DeliveryOutcome.Delivered)]
    [InlineData(202, DeliveryOutcome.Delivered)]
    [InlineData(301, DeliveryOutcome.Refused)]
    [InlineData(302, DeliveryOutcome.Refused)]
    [InlineData(400, DeliveryOutcome.Refused)]
    [InlineData(401, DeliveryOutcome.Refused)]
    [InlineData(404, DeliveryOutcome.Refused)]
    [InlineData(413, DeliveryOutcome.Refused)]
    [InlineData(408, DeliveryOutcome.RetryLater)]
    [InlineData(410, DeliveryOutcome.Gone)]
    [InlineData(425, DeliveryOutcome.RetryLater)]
    [InlineData(429, DeliveryOutcome.RetryLater)]
    [InlineData(500, DeliveryOutcome.RetryLater)]
    [InlineData(503, DeliveryOutcome.RetryLater)]
    public async Task Send_WhenTheTargetAnswersThat_SaysWhatKindOfEndItIs(int status, DeliveryOutcome outcome)
    {
        Target.Answers(status, location: Target.Url + "elsewhere");

        var result = await SendAsync();

        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(status, result.StatusCode);
        Assert.Equal(outcome == DeliveryOutcome.Delivered, result.Error is null);
        Assert.Single(Target.Received);
    }

    [Theory]
    [InlineData("60", 60)]
    [InlineData("Mon, 04 May 2026 03:03:01 GMT", 60)]
    [InlineData("99999999", 24 * 60 * 60)]
    [InlineData("Fri, 01 Jan 2100 00:00:00 GMT", 24 * 60 * 60)]
    public async Task Send_WhenTheTargetAsksForTime_GivesIt(string retryAfter, int seconds)
    {
        Target.Answers(429, retryAfter);

        var result = await SendAsync();

        Assert.Equal(Now.AddSeconds(seconds), result.NotBefore);
    }

    [Fact]
    public async Task Send_WhenTheTargetHangs_GivesUpInTime()
    {
        Target.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var watch = Stopwatch.StartNew();

        var result = await SendAsync(SettingsFor(Target.Url, 300));

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Contains("did not answer within", result.Error, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Send_WhenTheTargetDripsItsHeaders_GivesUpInTime()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var host = Host([$"127.0.0.1:{port}"]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var drip = DripAsync(listener, stop.Token);
        var watch = Stopwatch.StartNew();

        var result = await SendAsync(SettingsFor(new Uri($"http://127.0.0.1:{port}/"), 500), host);

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3));
        await stop.CancelAsync();
        await drip;
    }

    [Fact]
    public async Task Send_WhenTheTargetResets_RetriesLater()
    {
        Target.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        var result = await SendAsync();

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Contains("closed", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhenNobodyListens_RetriesLater()
    {
        await Target.DisposeAsync();

        var result = await SendAsync();

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Contains("refused the connection", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, DeliveryOutcome.Delivered)]
    [InlineData(500, DeliveryOutcome.RetryLater)]
    public async Task Send_WhenTheAnswerIsAGigabyte_ReadsLittleOfIt(int status, DeliveryOutcome outcome)
    {
        var sent = 0L;
        Target.Answer = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/plain";
            var chunk = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));
            for (; sent < 1L << 30; sent += chunk.Length)
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
        };

        var result = await SendAsync();

        Assert.Equal(outcome, result.Outcome);
        Assert.True(sent < 64 << 20, $"{sent} bytes were taken.");
        Assert.InRange(result.Error?.Length ?? 0, 0, 400);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("target.example")]
    public async Task Send_WhenTheCertificateIsNobodys_DoesNotSend(string certificateName)
    {
        await using var target = await FakeTarget.StartAsync(certificateName: certificateName);
        using var host = Host(["127.0.0.0/8"]);

        var result = await SendAsync(SettingsFor(new Uri($"https://localhost:{target.Url.Port}/")), host);

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Contains("certificate", result.Error, StringComparison.Ordinal);
        Assert.Empty(target.Received);
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

        var result = await SendAsync(SettingsFor(new Uri(string.Format(null, url, Target.Url.Port))), host);

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Contains("internal or reserved", result.Error, StringComparison.Ordinal);
        Assert.Empty(Target.Received);
    }

    [Fact]
    public async Task Send_WhenANameChangesItsAddress_ChecksTheOneConnectedTo()
    {
        // Public when asked first, ours from then on: whoever asks twice is taken in.
        Names.Answers["rebind.example"] = new Queue<IPAddress>([IPAddress.Parse("127.0.0.1"), IPAddress.Parse("93.184.216.34")]);
        using var host = Host([]);

        var result = await SendAsync(SettingsFor(new Uri($"https://rebind.example:{Target.Url.Port}/")), host);

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Equal(1, Names.Asked);
        Assert.Empty(Target.Received);
    }

    [Fact]
    public async Task Send_WhenAPublicHostIsAddressedByPlainHttp_IsRefused()
    {
        Names.Answers["public.example"] = new Queue<IPAddress>([IPAddress.Parse("93.184.216.34")]);
        using var host = Host([]);

        var result = await SendAsync(SettingsFor(new Uri("http://public.example/")), host);

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Contains("Plain http", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhenTheNameIsUnknown_RetriesLater()
    {
        using var host = Host([]);

        var result = await SendAsync(SettingsFor(new Uri("https://nobody.example/")), host);

        Assert.Equal(DeliveryOutcome.RetryLater, result.Outcome);
        Assert.Contains("name is not known", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhenTheOperatorAllowsTheNetwork_Sends()
    {
        await using var target = await FakeTarget.StartAsync(IPAddress.IPv6Loopback);
        using var host = Host(["::1/128"]);

        var result = await SendAsync(SettingsFor(target.Url), host);

        Assert.Equal(DeliveryOutcome.Delivered, result.Outcome);
    }

    [Fact]
    public async Task Send_WhenCancelled_Throws()
    {
        Target.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        cancel.CancelAfter(200);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(SettingsFor(Target.Url), ct: cancel.Token));
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

    private protected Task<DeliveryResult> SendAsync(TSettings? settings = null, IHost? host = null, CancellationToken? ct = null)
    {
        var type = DataTargetTypes.All.Single(t => t.SettingsType == typeof(TSettings));
        return (host ?? _host!).Services.GetRequiredService<DataTargetSenders>()
            .SendAsync(type, settings ?? SettingsFor(Target.Url), Message(), ct ?? Ct);
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

    private static async Task DripAsync(System.Net.Sockets.TcpListener listener, CancellationToken ct)
    {
        try
        {
            using var client = await listener.AcceptTcpClientAsync(ct);
            await using var stream = client.GetStream();
            foreach (var letter in "HTTP/1.1 200 OK\r\nX-Slow: " + new string('x', 1000))
            {
                await stream.WriteAsync(new[] { (byte)letter }, ct);
                await Task.Delay(50, ct);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The other side had enough.
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
