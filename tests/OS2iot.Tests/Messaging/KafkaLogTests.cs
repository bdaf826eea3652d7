using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OS2iot.Core.Messaging;
using OS2iot.Core.Messaging.Kafka;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.Messaging;

public sealed class KafkaLogTests : MessageLogContract, IDisposable
{
    private readonly KafkaCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public async Task Append_WhenTheBrokerRefusesForAMoment_IsTriedAgainInOrder()
    {
        await using var host = await StartHostAsync();
        await using var reader = new Reader(host, Topic, "readers");
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);

        _cluster.Fail(KafkaCluster.Request.Produce, ErrorCode.NotEnoughReplicas, ErrorCode.NotEnoughReplicasAfterAppend, ErrorCode.RequestTimedOut);

        // One after the other: this cluster does not look at sequence numbers. A broker refuses the request behind one that it refused; here
        // it would be taken, and the client would rightly think that the one before was taken too.
        for (var i = 1; i <= 20; i++)
        {
            await host.Log.AppendAsync(Topic, ALog.Of(1, i), Ct);
        }

        await reader.HasAsync(21);
        ALog.AssertInOrder(reader.Values, keys: 1, perKey: 21);
    }

    [Fact]
    public async Task Append_WhenTheBrokerIsTooSlow_ThrowsInTime()
    {
        await using var host = await StartHostAsync();
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);

        _cluster.SetRoundTrip(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<LogUnavailableException>(() => host.Log.AppendAsync(Topic, ALog.Of(1, 1), Ct))
            .WaitAsync(AppendTimeout + TimeSpan.FromSeconds(1), Ct);

        _cluster.SetRoundTrip(TimeSpan.Zero);
    }

    [Fact]
    public async Task Consume_WhenFetchesAndCommitsFail_MissesNothing()
    {
        await using var host = await StartHostAsync();
        await using var reader = new Reader(host, Topic, "readers");
        _cluster.Fail(KafkaCluster.Request.Fetch, ErrorCode.NotLeaderForPartition, ErrorCode.UnknownTopicOrPart, ErrorCode.BrokerNotAvailable);
        _cluster.Fail(KafkaCluster.Request.OffsetCommit, ErrorCode.GroupLoadInProgress, ErrorCode.NotCoordinatorForGroup);
        for (var i = 0; i < 20; i++)
        {
            await host.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 10).Select(key => ALog.Of(key, i))], Ct);
        }

        await reader.HasAsync(200);
        ALog.AssertInOrder(reader.Values, keys: 10, perKey: 20);
    }

    [Fact]
    public void Lag_WhenStatisticsCome_IsReadFromThem()
    {
        const string Json = """{"topics":{"uplinks":{"partitions":{"0":{"consumer_lag":12},"1":{"consumer_lag":-1},"-1":{"x":1}}}}}""";

        Assert.Equal(12, KafkaStatistics.Lag(Json, "uplinks"));
        Assert.Equal(0, KafkaStatistics.Lag("{}", "uplinks"));
    }

    protected override Task<LogHost> StartHostAsync() => Task.FromResult<LogHost>(new KafkaHost(_cluster));

    private sealed class KafkaHost : LogHost
    {
        private readonly KafkaCluster _cluster;
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<LogMetrics>().BuildServiceProvider();
        private readonly KafkaLog _log;

        public KafkaHost(KafkaCluster cluster)
        {
            _cluster = cluster;
            var options = new LogOptions
            {
                AppendTimeout = AppendTimeout,
                Lease = TimeSpan.FromSeconds(1.5),
                MaxWaitingBytes = 10_000_000,
                FirstBackOff = TimeSpan.FromMilliseconds(100),
                DrainTimeout = TimeSpan.FromSeconds(3),
                Kafka = { ["fetch.wait.max.ms"] = "10", ["reconnect.backoff.max.ms"] = "500" },
            };
            _log = new KafkaLog(
                new KafkaBrokers(cluster.Servers), Options.Create(options), _services.GetRequiredService<LogMetrics>(), TimeProvider.System, NullLogger<KafkaLog>.Instance);
        }

        public override IMessageLog Log => _log;

        public override void Cut() => _cluster.Down();

        public override void Mend() => _cluster.Up();

        public override Task KillAsync()
        {
            _log.SaysGoodbye = false;
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            _log.Dispose();
            await _services.DisposeAsync();
        }
    }
}
