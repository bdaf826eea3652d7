using System.Runtime.InteropServices;
using System.Text;
using OS2iot.Core.Messaging;

namespace OS2iot.Tests.Fakes;

/// <summary>
/// librdkafka's cluster within this process: it listens on loopback, speaks Kafka's protocol and fails on request. Unlike a broker it
/// answers an empty fetch only after its full wait, and forgets silently what exceeds 5 MB in a partition.
/// </summary>
internal sealed class KafkaCluster : IDisposable
{
    private const string Library = "librdkafka";
    private const int Producer = 0;

    private readonly int _brokers;
    private readonly nint _client;
    private readonly nint _cluster;

    // As Confluent.Kafka does: the first build of the library whose own needs are met here.
    static KafkaCluster() => NativeLibrary.SetDllImportResolver(typeof(KafkaCluster).Assembly, (name, assembly, path) =>
    {
        foreach (var candidate in name == Library ? new[] { name, "centos8-" + name, "alpine-" + name } : [])
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var library))
            {
                return library;
            }
        }

        return 0;
    });

    public KafkaCluster(int brokers = 1, int partitions = 8)
    {
        _brokers = brokers;
        var error = new byte[512];
        var settings = rd_kafka_conf_new();

        // It misses the address of a cluster, and would say so.
        _ = rd_kafka_conf_set(settings, Text("log_level"), Text("3"), error, (nuint)error.Length);
        _client = rd_kafka_new(Producer, settings, error, (nuint)error.Length);
        if (_client == 0)
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(error));
        }

        _cluster = rd_kafka_mock_cluster_new(_client, brokers);
        rd_kafka_mock_group_initial_rebalance_delay_ms(_cluster, 100);
        foreach (var topic in LogTopic.All)
        {
            Check(rd_kafka_mock_topic_create(_cluster, Text(topic.Name), partitions, 1));
        }

        Servers = Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(_cluster))!;
    }

    /// <summary>Numbers of requests in Kafka's protocol.</summary>
    public enum Request : short
    {
        Produce = 0,
        Fetch = 1,
        OffsetCommit = 8,
    }

    public string Servers { get; }

    public void Down() => Each(broker => rd_kafka_mock_broker_set_down(_cluster, broker));

    public void Up() => Each(broker => rd_kafka_mock_broker_set_up(_cluster, broker));

    public void SetRoundTrip(TimeSpan time) => Each(broker => rd_kafka_mock_broker_set_rtt(_cluster, broker, (int)time.TotalMilliseconds));

    /// <summary>The next requests of a kind fail, one with each error.</summary>
    public void Fail(Request request, params Confluent.Kafka.ErrorCode[] errors) =>
        Check(rd_kafka_mock_push_request_errors_array(_cluster, (short)request, (nuint)errors.Length, Array.ConvertAll(errors, e => (int)e)));

    public void Dispose()
    {
        rd_kafka_mock_cluster_destroy(_cluster);
        rd_kafka_destroy(_client);
    }

    private void Each(Func<int, int> act)
    {
        for (var broker = 1; broker <= _brokers; broker++)
        {
            Check(act(broker));
        }
    }

    private static byte[] Text(string value) => Encoding.UTF8.GetBytes(value + "\0");

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"The cluster refused: {(Confluent.Kafka.ErrorCode)error}");
        }
    }

    [DllImport(Library)]
    private static extern nint rd_kafka_conf_new();

    [DllImport(Library)]
    private static extern int rd_kafka_conf_set(nint conf, byte[] name, byte[] value, [Out] byte[] error, nuint size);

    [DllImport(Library)]
    private static extern nint rd_kafka_new(int type, nint conf, [Out] byte[] error, nuint size);

    [DllImport(Library)]
    private static extern void rd_kafka_destroy(nint client);

    [DllImport(Library)]
    private static extern nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [DllImport(Library)]
    private static extern void rd_kafka_mock_cluster_destroy(nint cluster);

    [DllImport(Library)]
    private static extern nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [DllImport(Library)]
    private static extern int rd_kafka_mock_topic_create(nint cluster, byte[] topic, int partitions, int replication);

    [DllImport(Library)]
    private static extern void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int delay);

    [DllImport(Library)]
    private static extern int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [DllImport(Library)]
    private static extern int rd_kafka_mock_broker_set_up(nint cluster, int broker);

    [DllImport(Library)]
    private static extern int rd_kafka_mock_broker_set_rtt(nint cluster, int broker, int milliseconds);

    [DllImport(Library)]
    private static extern int rd_kafka_mock_push_request_errors_array(nint cluster, short request, nuint count, int[] errors);
}
