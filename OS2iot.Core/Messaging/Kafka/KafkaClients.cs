using Confluent.Kafka;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>Kafka's bootstrap servers, separated by commas.</summary>
internal sealed record KafkaBrokers(string Servers);

/// <summary>How our clients of Kafka are set up.</summary>
internal sealed class KafkaClients(KafkaBrokers brokers, LogOptions options)
{
    /// <summary>A broker refuses shorter sessions by default.</summary>
    private static readonly TimeSpan ShortestSession = TimeSpan.FromSeconds(6);

    public ProducerConfig Producer() => new(WithSettings(new ProducerConfig(Shared())
    {
        // No waiting for company: what collects while a request is under way shares the next.
        LingerMs = 0,
        CompressionType = CompressionType.Lz4,
        StatisticsIntervalMs = 10_000,
    }))
    {
        Acks = Acks.All,
        EnableIdempotence = true,
        Partitioner = Partitioner.Murmur2Random,
        MessageTimeoutMs = (int)options.AppendTimeout.TotalMilliseconds,
        RequestTimeoutMs = (int)options.AppendTimeout.TotalMilliseconds,
        QueueBufferingMaxKbytes = Math.Max(1, options.MaxWaitingBytes / 1024),
        QueueBufferingMaxMessages = 100_000,
        MessageMaxBytes = LogOptions.MaxRecordBytes + 20_000,
        DeliveryReportFields = "status",
    };

    public ConsumerConfig Consumer(string group) => new(WithSettings(new ConsumerConfig(Shared())
    {
        AutoCommitIntervalMs = 500,
        QueuedMaxMessagesKbytes = 16 * 1024,
        QueuedMinMessages = 10_000,
        StatisticsIntervalMs = 10_000,
    }))
    {
        GroupId = group,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        AutoOffsetReset = AutoOffsetReset.Earliest,

        // What is stored is committed in the background; it is stored when its handler returned.
        EnableAutoOffsetStore = false,
        EnableAutoCommit = true,
        SessionTimeoutMs = (int)(options.Lease > ShortestSession ? options.Lease : ShortestSession).TotalMilliseconds,
        HeartbeatIntervalMs = (int)(options.Lease / 3).TotalMilliseconds,
    };

    public AdminClientConfig Admin() => new(WithSettings(Shared()));

    private ClientConfig Shared() => new()
    {
        BootstrapServers = brokers.Servers,
        ClientId = Environment.MachineName,
        SocketNagleDisable = true,
        SocketKeepaliveEnable = true,
        AllowAutoCreateTopics = false,
        ReconnectBackoffMaxMs = 2000,
    };

    /// <summary>What the installation sets wins over what is taste here, and gives way to what nothing may be lost without.</summary>
    private ClientConfig WithSettings(ClientConfig config)
    {
        foreach (var (name, value) in options.Kafka)
        {
            config.Set(name, value);
        }

        return config;
    }
}
