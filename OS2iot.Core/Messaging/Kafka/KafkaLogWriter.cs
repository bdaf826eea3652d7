using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>The producer of this process. librdkafka batches what is under way at the same time.</summary>
internal sealed partial class KafkaLogWriter(
    KafkaClients clients, LogOptions options, LogMetrics metrics, KafkaMetrics kafkaMetrics, TimeProvider clock, ILogger logger) : IDisposable
{
    /// <summary>librdkafka looks once a second for what has had its time.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private IProducer<byte[], byte[]>? _producer;
    private volatile IProducer<byte[], byte[]>? _broken;
    private volatile bool _away;
    private bool _disposed;

    /// <param name="topic">Where they go.</param>
    /// <param name="first">Mostly the only one.</param>
    /// <param name="all">Null where there is but one.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task AppendAsync(LogTopic topic, LogRecord first, IReadOnlyList<LogRecord>? all, CancellationToken ct)
    {
        // All are made before the first is sent: a bad record stops all of its call.
        var count = all?.Count ?? 1;
        var message = KafkaRecord.ToMessage(first);
        var others = count == 1 ? [] : new Message<byte[], byte[]>[count - 1];
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = KafkaRecord.ToMessage(all![i + 1]);
        }

        var started = clock.GetTimestamp();
        var pending = new Pending(count);
        try
        {
            var producer = Producer();
            producer.Produce(topic.Name, message, pending.Report);
            foreach (var other in others)
            {
                producer.Produce(topic.Name, other, pending.Report);
            }

            // Reported in time in any case: a message has AppendTimeout, then librdkafka gives it up.
            await pending.Done.Task.WaitAsync(ct);
        }
        catch (Exception exception) when (exception is KafkaException or ObjectDisposedException)
        {
            Failed(exception, topic);
            metrics.NotAppended(topic.Name, count);
            throw new LogUnavailableException($"{topic} did not take the record.", exception);
        }

        metrics.Appended(topic.Name, count, clock.GetElapsedTime(started));
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
        if (_producer is { } producer && producer != _broken)
        {
            return producer;
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_producer is { } broken && broken == _broken)
            {
                _producer = null;
                _ = Task.Run(() => End(broken));
            }

            return _producer ??= new ProducerBuilder<byte[], byte[]>(clients.Producer())
                .SetErrorHandler((broken, error) => _broken = error.IsFatal ? broken : _broken)
                .SetLogHandler((_, message) => LogClient(message.Message))
                .SetStatisticsHandler((_, json) => kafkaMetrics.Set("producer", KafkaStatistics.Read(json)))
                .Build();
        }
    }

    /// <summary>Who waits for its reports gets them first: what is disposed reports nothing any more.</summary>
    private void End(IProducer<byte[], byte[]> broken)
    {
        broken.Flush(options.AppendTimeout + Slack);
        broken.Dispose();
    }

    private void Failed(Exception exception, LogTopic topic)
    {
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
