using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>The log where there is Kafka.</summary>
internal sealed class KafkaLog : IMessageLog, IDisposable
{
    private readonly LogOptions _options;
    private readonly LogMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<KafkaLog> _logger;
    private readonly KafkaClients _clients;
    private readonly KafkaTopics _topics;
    private readonly KafkaMetrics _kafkaMetrics = new();
    private readonly KafkaLogWriter _writer;
    private readonly ConcurrentDictionary<string, IConsumer<byte[], byte[]>> _lookers = new();

    public KafkaLog(KafkaBrokers brokers, IOptions<LogOptions> options, LogMetrics metrics, TimeProvider clock, ILogger<KafkaLog> logger)
    {
        (_options, _metrics, _clock, _logger) = (options.Value, metrics, clock, logger);
        _clients = new KafkaClients(brokers, _options);
        _topics = new KafkaTopics(_clients, _options, logger);
        _writer = new KafkaLogWriter(_clients, _options, metrics, _kafkaMetrics, clock, logger);
    }

    /// <summary>See <see cref="KafkaLogReader.SaysGoodbye"/>.</summary>
    internal bool SaysGoodbye { get; set; } = true;

    // Plain calls once the topics are there: this is the way of each message of a device.
    public Task AppendAsync(LogTopic topic, LogRecord record, CancellationToken ct) =>
        _topics.Exist ? _writer.AppendAsync(topic, record, null, ct) : AppendAsync(topic, [record], ct);

    public async Task AppendAsync(LogTopic topic, IReadOnlyList<LogRecord> records, CancellationToken ct)
    {
        await _topics.EnsureAsync(ct);
        if (records.Count > 0)
        {
            await _writer.AppendAsync(topic, records[0], records, ct);
        }
    }

    public async Task ConsumeAsync(LogTopic topic, string group, LogBatchHandler handler, CancellationToken ct)
    {
        await WaitForTopicsAsync(ct);
        var reader = new KafkaLogReader(_clients, topic, group, handler, _options, _metrics, _kafkaMetrics, _clock, _logger)
        {
            SaysGoodbye = () => SaysGoodbye,
        };
        await reader.RunAsync(ct);
    }

    public async Task<long> ReadLagAsync(LogTopic topic, string group, CancellationToken ct)
    {
        var partitions = await _topics.PartitionsOfAsync(topic, ct);
        try
        {
            return await Task.Run(() => ReadLag(partitions, group), ct).WaitAsync(ct);
        }
        catch (KafkaException exception)
        {
            throw new LogUnavailableException($"The lag of {topic} could not be read.", exception);
        }
    }

    public Task PingAsync(CancellationToken ct) => _topics.PingAsync(ct);

    public void Dispose()
    {
        _writer.Dispose();
        _topics.Dispose();
        _kafkaMetrics.Dispose();
        foreach (var looker in _lookers.Values)
        {
            looker.Dispose();
        }
    }

    private long ReadLag(List<TopicPartition> partitions, string group)
    {
        // Never subscribes, so it is no member of the group.
        var looker = _lookers.GetOrAdd(group, g => new ConsumerBuilder<byte[], byte[]>(_clients.Consumer(g)).SetLogHandler((_, _) => { }).Build());
        return looker.Committed(partitions, _options.AppendTimeout).Sum(committed =>
        {
            var marks = looker.QueryWatermarkOffsets(committed.TopicPartition, _options.AppendTimeout);
            var position = committed.Offset.IsSpecial ? marks.Low.Value : committed.Offset.Value;
            return Math.Max(0, marks.High.Value - position);
        });
    }

    private async Task WaitForTopicsAsync(CancellationToken ct)
    {
        for (var failures = 0; !ct.IsCancellationRequested; failures++)
        {
            try
            {
                await _topics.EnsureAsync(ct);
                return;
            }
            catch (LogUnavailableException)
            {
                await Task.Delay(LogBackOff.After(failures, _options), _clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
