using System.Net;
using System.Text;
using OS2iot.Core.DataTargets;

namespace OS2iot.Tests.DataTargets;

/// <summary>What every sender that speaks HTTP must do beyond what all senders must, against a real server.</summary>
public abstract class HttpSenderContract<TSettings> : DataTargetSenderContract<TSettings>
    where TSettings : class
{
    private FakeTarget? _target;

    private protected FakeTarget Target => _target!;

    private protected override Uri TargetUrl => Target.Url;

    private protected override Task<int> ReceivedAsync(int expected) => Task.FromResult(Target.Received.Count);

    private protected override async ValueTask StartAsync() => _target = await FakeTarget.StartAsync();

    private protected override ValueTask StopAsync() => Target.DisposeAsync();

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

    [Theory]
    [InlineData(200, DeliveryOutcome.Delivered)]
    [InlineData(500, DeliveryOutcome.RetryLater)]
    public async Task Send_WhenTheAnswerIsAGigabyte_ReadsLittleOfIt(int status, DeliveryOutcome outcome)
    {
        // A bare socket: a server's own buffers would count what nobody took.
        var taken = 0L;
        await using var target = new RawTarget(async (stream, ct) =>
        {
            await stream.ReadAtLeastAsync(new byte[1], 1, cancellationToken: ct);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Answer\r\nContent-Type: text/plain\r\nContent-Length: {1 << 30}\r\n\r\n"), ct);
            var chunk = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));
            for (; taken < 1L << 30; taken += chunk.Length)
            {
                await stream.WriteAsync(chunk, ct);
            }
        });
        using var host = Host([target.Address]);

        var result = await SendAsync(SettingsFor(target.Url(PlainScheme)), host);

        Assert.Equal(outcome, result.Outcome);
        Assert.InRange(taken, 0, 64 << 20);
        Assert.InRange(result.Error?.Length ?? 0, 0, 700);
    }

    [Fact]
    public async Task Send_WhenTheErrorIsLong_KeepsItsBeginningInOneLine()
    {
        Target.Answers(500, body: "first\n\tsecond " + new string('x', 5_000));

        var result = await SendAsync();

        Assert.Contains("first second xxx", result.Error, StringComparison.Ordinal);
        Assert.InRange(result.Error!.Length, 400, 700);
    }

    [Fact]
    public async Task Send_WhenTheMessageIsHuge_SendsAllOfIt()
    {
        var payload = $$"""[{"id":"urn:x:1","type":"T","v":"{{new string('x', 4 << 20)}}"}]""";

        var result = await SendAsync(message: Message(payload));

        Assert.Equal(DeliveryOutcome.Delivered, result.Outcome);
        Assert.Equal(payload.Length, Assert.Single(Target.Received).Body.Length);
    }

    [Fact]
    public async Task Send_WhenTheEnvironmentNamesAProxy_GoesPastIt()
    {
        await using var proxy = await FakeTarget.StartAsync();
        Names.Answers["named.example"] = new Queue<IPAddress>([IPAddress.Loopback]);
        using var host = Host(["named.example"]);
        var url = new UriBuilder(Target.Url) { Host = "named.example" }.Uri;
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new ProxyFor("named.example", proxy.Url); // what HTTP_PROXY is read into
        try
        {
            var result = await SendAsync(SettingsFor(url), host);

            Assert.Equal(DeliveryOutcome.Delivered, result.Outcome);
            Assert.Empty(proxy.Received);
            Assert.Single(Target.Received);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    /// <summary>For one host only, as other tests run meanwhile.</summary>
    private sealed class ProxyFor(string name, Uri proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => proxy;

        public bool IsBypassed(Uri host) => host.Host != name;
    }
}
