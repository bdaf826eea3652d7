using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>The producer of this process. librdkafka batches what is under way at the same time.</summary>
internal sealed partial class KafkaLogWriter(
    KafkaClients clients, LogOptions options, LogMetrics metrics, KafkaMetrics kafkaMetrics, TimeProvider clock, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private IProducer<byte[], byte[]>? _producer;
    private volatile bool _isBroken;
    private volatile bool _away;
    private bool _disposed;

    public async Task AppendAsync(LogTopic topic, IReadOnlyList<LogRecord> records, CancellationToken ct)
    {
        // All are made before the first is sent: a bad record stops all of its call.
        var messages = new Message<byte[], byte[]>[records.Count];
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = KafkaRecord.ToMessage(records[i]);
        }

        var started = clock.GetTimestamp();
        var pending = new Pending(messages.Length);
        try
        {
            var producer = Producer();
            foreach (var message in messages)
            {
                producer.Produce(topic.Name, message, pending.Report);
            }

            await pending.Done.Task.WaitAsync(options.AppendTimeout, clock, ct);
        }
        catch (Exception exception) when (exception is KafkaException or TimeoutException or ObjectDisposedException)
        {
            Failed(exception, topic);
            metrics.NotAppended(topic.Name, records.Count);
            throw new LogUnavailableException($"{topic} did not take the record.", exception);
        }

        metrics.Appended(topic.Name, records.Count, clock.GetElapsedTime(started));
        Succeeded(topic);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _producer?.Flush(options.DrainTimeout);
            _producer?.Dispose();
            _producer = null;
        }
    }

    /// <summary>After an error that Kafka calls fatal a producer takes nothing more; another begins with a new identity.</summary>
    private IProducer<byte[], byte[]> Producer()
    {
        if (_producer is { } producer && !_isBroken)
        {
            return producer;
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_isBroken)
            {
                _producer?.Dispose();
                _producer = null;
                _isBroken = false;
            }

            return _producer ??= new ProducerBuilder<byte[], byte[]>(clients.Producer())
                .SetErrorHandler((_, error) => _isBroken |= error.IsFatal)
                .SetLogHandler((_, message) => LogClient(message.Message))
                .SetStatisticsHandler((_, json) => kafkaMetrics.Set("producer", KafkaStatistics.Read(json)))
                .Build();
        }
    }

    private void Failed(Exception exception, LogTopic topic)
    {
        _isBroken |= exception is KafkaException { Error.IsFatal: true };
        if (!_away)
        {
            _away = true;
            LogAway(exception, topic);
        }
    }

    private void Succeeded(LogTopic topic)
    {
        if (_away)
        {
            _away = false;
            LogBack(topic);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Records for {Topic} can't be appended; their senders are told")]
    private partial void LogAway(Exception exception, LogTopic topic);

    [LoggerMessage(LogLevel.Information, "Records for {Topic} are appended again")]
    private partial void LogBack(LogTopic topic);

    [LoggerMessage(LogLevel.Debug, "Kafka's client: {Message}")]
    private partial void LogClient(string message);

    /// <summary>The reports that one call waits for.</summary>
    private sealed class Pending(int count)
    {
        private int _left = count;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Report(DeliveryReport<byte[], byte[]> report)
        {
            if (report.Error.IsError || report.Status != PersistenceStatus.Persisted)
            {
                Done.TrySetException(new KafkaException(report.Error));
                _ = Done.Task.Exception;
            }
            else if (Interlocked.Decrement(ref _left) == 0)
            {
                Done.TrySetResult();
            }
        }
    }
}
