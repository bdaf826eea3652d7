using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>Sees to it that the topics are there, and that they can be written.</summary>
internal sealed partial class KafkaTopics(KafkaClients clients, LogOptions options, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lazy<IAdminClient> _admin = new(() => new AdminClientBuilder(clients.Admin()).SetLogHandler((_, _) => { }).Build());
    private volatile bool _exist;

    /// <summary>Known to be there.</summary>
    public bool Exist => _exist;

    /// <summary>Creates what is missing. Asks Kafka once per process.</summary>
    /// <exception cref="LogUnavailableException">Kafka did not answer.</exception>
    public ValueTask EnsureAsync(CancellationToken ct) => _exist ? ValueTask.CompletedTask : new ValueTask(CreateMissingAsync(ct));

    /// <exception cref="LogUnavailableException">A partition has nobody to write to.</exception>
    public async Task PingAsync(CancellationToken ct)
    {
        var metadata = await MetadataAsync(ct);
        foreach (var topic in LogTopic.All)
        {
            var found = metadata.Topics.Find(t => t.Topic == topic.Name);
            if (found is null || found.Partitions.Count == 0 || found.Partitions.Exists(p => p.Leader < 0))
            {
                throw new LogUnavailableException($"Topic {topic} has no leader.");
            }
        }
    }

    public async Task<List<TopicPartition>> PartitionsOfAsync(LogTopic topic, CancellationToken ct)
    {
        var found = (await MetadataAsync(ct)).Topics.Find(t => t.Topic == topic.Name)
            ?? throw new LogUnavailableException($"Kafka has no topic {topic}.");
        return found.Partitions.ConvertAll(p => new TopicPartition(topic.Name, p.PartitionId));
    }

    public void Dispose()
    {
        if (_admin.IsValueCreated)
        {
            _admin.Value.Dispose();
        }

        _gate.Dispose();
    }

    private async Task CreateMissingAsync(CancellationToken ct)
    {
        if (!await _gate.WaitAsync(options.AppendTimeout, ct))
        {
            throw new LogUnavailableException("Kafka did not answer.");
        }

        try
        {
            if (_exist)
            {
                return;
            }

            var existing = (await MetadataAsync(ct)).Topics.ConvertAll(t => t.Topic);
            var missing = LogTopic.All.Where(t => !existing.Contains(t.Name)).ToList();
            if (missing.Count > 0)
            {
                await CreateAsync(missing);
            }

            _exist = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task CreateAsync(List<LogTopic> missing)
    {
        // -1: as many replicas as the cluster's default says.
        var topics = missing.Select(t => new TopicSpecification { Name = t.Name, NumPartitions = options.Partitions, ReplicationFactor = -1 });
        try
        {
            await _admin.Value.CreateTopicsAsync(topics, new CreateTopicsOptions { RequestTimeout = options.AppendTimeout });
            LogCreated(string.Join(", ", missing));
        }
        catch (CreateTopicsException exception) when (exception.Results.TrueForAll(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Another host was faster.
        }
        catch (KafkaException exception)
        {
            throw new LogUnavailableException("The topics could not be created in Kafka.", exception);
        }
    }

    private async Task<Metadata> MetadataAsync(CancellationToken ct)
    {
        try
        {
            return await Task.Run(() => _admin.Value.GetMetadata(options.AppendTimeout), ct).WaitAsync(ct);
        }
        catch (KafkaException exception)
        {
            throw new LogUnavailableException("Kafka did not answer.", exception);
        }
    }

    [LoggerMessage(LogLevel.Information, "Created in Kafka: {Topics}")]
    private partial void LogCreated(string topics);
}
