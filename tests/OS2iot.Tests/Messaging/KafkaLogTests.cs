using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OS2iot.Core.Messaging;
using OS2iot.Core.Messaging.Kafka;
using OS2iot.Tests.Fakes;
using Xunit.Sdk;

namespace OS2iot.Tests.Messaging;

/// <summary>
/// Against librdkafka's in-process cluster, or the broker that OS2IOT_TEST_KAFKA names (bootstrap servers): its topics of our names are
/// deleted and made anew for each test, and tests that need it to fail on request are skipped.
/// </summary>
public sealed class KafkaLogTests : MessageLogContract, IAsyncLifetime
{
    private static readonly string? Given = Environment.GetEnvironmentVariable("OS2IOT_TEST_KAFKA");

    private readonly KafkaCluster? _cluster = Given is null ? new() : null;

    private KafkaCluster Cluster => _cluster ?? throw SkipException.ForSkip("The given broker does not fail on request.");

    public async ValueTask InitializeAsync()
    {
        if (Given is not null)
        {
            await KafkaBroker.ForgetAsync(Given);
        }
    }

    public ValueTask DisposeAsync()
    {
        _cluster?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Append_WhenTheBrokerRefusesForAMoment_IsTriedAgainInOrder()
    {
        await using var host = await StartHostAsync();
        await using var reader = new Reader(host, Topic, "readers");
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);

        Cluster.Fail(KafkaCluster.Request.Produce, ErrorCode.NotEnoughReplicas, ErrorCode.NotEnoughReplicasAfterAppend, ErrorCode.RequestTimedOut);

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
    public async Task Append_WhenTheBrokerIsTooSlow_ThrowsBeforeItAnswers()
    {
        var roundTrip = TimeSpan.FromSeconds(30);
        await using var host = await StartHostAsync();
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);

        Cluster.SetRoundTrip(roundTrip);
        await Assert.ThrowsAsync<LogUnavailableException>(() => host.Log.AppendAsync(Topic, ALog.Of(1, 1), Ct)).WaitAsync(roundTrip, Ct);

        Cluster.SetRoundTrip(TimeSpan.Zero);
    }

    [Fact]
    public async Task Append_WhenTheProducerBreaks_EndsForAllWhoWaitAndGoesOn()
    {
        await using var host = await StartHostAsync();
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);

        // Refused in a way that no client gets over, while others are on their way.
        Cluster.SetRoundTrip(TimeSpan.FromMilliseconds(400));
        Cluster.Fail(KafkaCluster.Request.Produce, ErrorCode.OutOfOrderSequenceNumber);
        var broken = host.Log.AppendAsync(Topic, ALog.Of(1, 1), Ct);
        await Task.Delay(200, Ct);
        var waiting = Enumerable.Range(0, 50).Select(key => host.Log.AppendAsync(Topic, ALog.Of(key, 2), Ct)).ToList();
        await Assert.ThrowsAsync<LogUnavailableException>(() => broken);

        Cluster.SetRoundTrip(TimeSpan.Zero);
        await Eventually.TrueAsync(() => Succeeds(() => host.Log.AppendAsync(Topic, ALog.Of(1, 3), Ct)));
        await Eventually.TrueAsync(() => waiting.TrueForAll(w => w.IsCompleted), otherwise: () => $"{waiting.Count(w => !w.IsCompleted)} wait for ever.");
        Assert.All(waiting, w => Assert.True(w.IsCompletedSuccessfully || w.Exception!.InnerException is LogUnavailableException));
    }

    [Fact]
    public async Task Consume_WhenFetchesAndCommitsFail_MissesNothing()
    {
        await using var host = await StartHostAsync();
        await using var reader = new Reader(host, Topic, "readers");
        Cluster.Fail(KafkaCluster.Request.Fetch, ErrorCode.NotLeaderForPartition, ErrorCode.UnknownTopicOrPart, ErrorCode.BrokerNotAvailable);
        Cluster.Fail(KafkaCluster.Request.OffsetCommit, ErrorCode.GroupLoadInProgress, ErrorCode.NotCoordinatorForGroup);
        for (var i = 0; i < 20; i++)
        {
            await host.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 10).Select(key => ALog.Of(key, i))], Ct);
        }

        await reader.HasAsync(200);
        ALog.AssertInOrder(reader.Values, keys: 10, perKey: 20);
    }

    [Fact]
    public void Statistics_WhenTheyCome_AreReadAsFarAsTheyGo()
    {
        const string Json =
            """
            {"msg_cnt":3,"msg_size":700,"cgrp":{"rebalance_cnt":2},
             "brokers":{"a:9092/1":{"txerrs":1,"rxerrs":2,"req_timeouts":3,"rtt":{"p99":1500}},"b:9092/2":{"rtt":{"p99":2500}}},
             "topics":{"uplinks":{"partitions":{"0":{"consumer_lag":12},"1":{"consumer_lag":-1},"-1":{"x":1}}}}}
            """;

        Assert.Equal(new KafkaStatistics(12, 3, 700, TimeSpan.FromMilliseconds(2.5), 3, 3, 2), KafkaStatistics.Read(Json));
        Assert.Equal(new KafkaStatistics(0, 0, 0, TimeSpan.Zero, 0, 0, 0), KafkaStatistics.Read("{}"));
    }

    [Fact]
    public async Task Statistics_OfProducerAndConsumer_BecomeMetrics()
    {
        var clients = new ConcurrentDictionary<string, bool>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Name == "os2iot.kafka.queue")
            {
                meters.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => clients[$"{tags[0].Value}"] = true);
        listener.Start();
        await using var host = await StartHostAsync();
        await using var reader = new Reader(host, Topic, "watched");

        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);

        await Eventually.TrueAsync(() =>
        {
            listener.RecordObservableInstruments();
            return clients.ContainsKey("uplinks/watched") && clients.ContainsKey("producer");
        });
    }

    protected override Task<LogHost> StartHostAsync() => Task.FromResult<LogHost>(new KafkaHost(Given ?? Cluster.Servers, _cluster));

    private sealed class KafkaHost : LogHost
    {
        private readonly KafkaCluster? _cluster;
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<LogMetrics>().BuildServiceProvider();
        private readonly KafkaLog _log;

        public KafkaHost(string servers, KafkaCluster? cluster)
        {
            _cluster = cluster;
            var options = new LogOptions
            {
                AppendTimeout = AppendTimeout,
                Lease = TimeSpan.FromSeconds(1.5),
                MaxWaitingBytes = 10_000_000,
                FirstBackOff = TimeSpan.FromMilliseconds(100),
                DrainTimeout = TimeSpan.FromSeconds(3),
                Kafka = { ["fetch.wait.max.ms"] = "10", ["reconnect.backoff.max.ms"] = "500", ["statistics.interval.ms"] = "500" },
            };
            _log = new KafkaLog(
                new KafkaBrokers(servers), Options.Create(options), _services.GetRequiredService<LogMetrics>(), TimeProvider.System, NullLogger<KafkaLog>.Instance);
        }

        public override IMessageLog Log => _log;

        public override void Cut() => (_cluster ?? throw SkipException.ForSkip("The given broker is not cut off.")).Down();

        public override void Mend() => _cluster?.Up();

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
