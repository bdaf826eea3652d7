using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace OS2iot.Core.Messaging.Kafka;

/// <summary>
/// One member of a group. A thread of its own polls, because that blocks; each partition has a worker behind a bounded queue, and
/// is paused while its queue is full, so a slow one holds up nobody.
/// </summary>
internal sealed partial class KafkaLogReader(
    KafkaClients clients, LogTopic topic, string group, LogBatchHandler handler, LogOptions options, LogMetrics metrics,
    KafkaMetrics kafkaMetrics, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>What a handler has to finish in when its partition moves to another member in good order.</summary>
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(3);

    private readonly Dictionary<TopicPartition, KafkaPartition> _partitions = [];
    private IConsumer<byte[], byte[]> _consumer = null!;

    /// <summary>Whether the group hears of the end. Without it the end is as silent as a crash.</summary>
    public required Func<bool> SaysGoodbye { get; init; }

    /// <summary>Its name in metrics.</summary>
    private string Client => $"{topic.Name}/{group}";

    public Task RunAsync(CancellationToken ct)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Run(ended, ct)) { IsBackground = true, Name = $"Kafka {topic} {group}" };
        thread.Start();
        return ended.Task;
    }

    private void Run(TaskCompletionSource ended, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using (_consumer = Build())
                {
                    _consumer.Subscribe(topic.Name);
                    Poll(ct);
                    Leave();
                }
            }
            catch (Exception exception)
            {
                // A fatal error of the client: its successor joins the group anew.
                LogFailed(exception, topic, group);
                LoseAll();
                ct.WaitHandle.WaitOne(options.FirstBackOff);
            }
        }

        metrics.NoLag(topic.Name, group);
        kafkaMetrics.Remove(Client);
        ended.SetResult();
    }

    private IConsumer<byte[], byte[]> Build() => new ConsumerBuilder<byte[], byte[]>(clients.Consumer(group))
        .SetPartitionsAssignedHandler((_, assigned) => assigned.ForEach(Begin))
        .SetPartitionsRevokedHandler((_, revoked) => HandOverAll(revoked.ConvertAll(r => r.TopicPartition)))
        .SetPartitionsLostHandler((_, lost) => Lose(lost.ConvertAll(l => l.TopicPartition)))
        .SetStatisticsHandler((_, json) => Note(KafkaStatistics.Read(json)))
        .SetErrorHandler((_, error) => LogClient(error.Reason))
        .SetLogHandler((_, message) => LogClient(message.Message))
        .Build();

    private void Note(KafkaStatistics statistics)
    {
        metrics.Lag(topic.Name, group, statistics.Lag);
        kafkaMetrics.Set(Client, statistics);
    }

    private void Poll(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(PollTimeout) is { Message: not null } result && _partitions.TryGetValue(result.TopicPartition, out var partition))
                {
                    partition.Add(result);
                    PauseIfFull(partition);
                }
            }
            catch (ConsumeException exception) when (!exception.Error.IsFatal)
            {
                LogPollFailed(exception, topic, group);
                ct.WaitHandle.WaitOne(PollTimeout);
            }

            ResumeWithRoom();
        }
    }

    private void Begin(TopicPartition assigned) => _partitions[assigned] = new KafkaPartition(assigned, HandleAsync, Store);

    private void PauseIfFull(KafkaPartition partition)
    {
        if (!partition.IsPaused && partition.IsFull)
        {
            _consumer.Pause([partition.Id]);
            partition.IsPaused = true;
        }
    }

    private void ResumeWithRoom()
    {
        foreach (var partition in _partitions.Values)
        {
            if (partition.IsPaused && partition.HasRoom)
            {
                _consumer.Resume([partition.Id]);
                partition.IsPaused = false;
            }
        }
    }

    private void Store(TopicPartitionOffset read)
    {
        try
        {
            _consumer.StoreOffset(read);
        }
        catch (Exception exception) when (exception is KafkaException or ObjectDisposedException)
        {
            // It went to another member meanwhile, which reads these records again.
            LogNotStored(exception, topic, group, read.Partition.Value);
        }
    }

    /// <summary>Handlers may end what they began; what they stored is committed when this returns.</summary>
    private void HandOverAll(List<TopicPartition> leaving)
    {
        var partitions = leaving.Select(l => _partitions.GetValueOrDefault(l)).OfType<KafkaPartition>().ToList();
        partitions.ForEach(p => p.Leave());
        Task.WaitAll([.. partitions.Select(p => p.Work)], HandOver);
        Lose(leaving);
    }

    private void Lose(List<TopicPartition> lost)
    {
        foreach (var id in lost)
        {
            if (_partitions.Remove(id, out var partition))
            {
                partition.Lose();
            }
        }
    }

    private void LoseAll() => Lose([.. _partitions.Keys]);

    private void Leave()
    {
        if (!SaysGoodbye())
        {
            LoseAll();
            return;
        }

        var partitions = _partitions.Values.ToList();
        partitions.ForEach(p => p.Stop());
        Task.WaitAll([.. partitions.Select(p => p.Work)], options.DrainTimeout);
        _consumer.Close();
        _partitions.Clear();
    }

    private async Task HandleAsync(KafkaPartition partition, List<LogRecord> records, CancellationToken ct)
    {
        for (var failures = 0; ; failures++)
        {
            ct.ThrowIfCancellationRequested();
            var started = clock.GetTimestamp();
            try
            {
                await handler(records, ct);
                metrics.Consumed(topic.Name, group, records.Count, clock.GetElapsedTime(started));
                return;
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                LogHandlerFailed(exception, topic, group, partition.Id.Partition.Value, records.Count, failures + 1);
            }

            var wait = LogBackOff.After(failures, options);
            for (var waited = TimeSpan.Zero; waited < wait && !partition.IsLeaving; waited += PollTimeout)
            {
                await Task.Delay(PollTimeout < wait ? PollTimeout : wait, clock, ct);
            }

            if (partition.IsLeaving)
            {
                throw new OperationCanceledException("The partition leaves between two tries.");
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Group} did not handle {Count} records of {Topic}, partition {Partition}; they come again (failure {Failures})")]
    private partial void LogHandlerFailed(Exception exception, LogTopic topic, string group, int partition, int count, int failures);

    [LoggerMessage(LogLevel.Warning, "{Group} can't read {Topic}; trying again")]
    private partial void LogFailed(Exception exception, LogTopic topic, string group);

    [LoggerMessage(LogLevel.Warning, "{Group} was refused records of {Topic}")]
    private partial void LogPollFailed(Exception exception, LogTopic topic, string group);

    [LoggerMessage(LogLevel.Debug, "{Group} no longer has partition {Partition} of {Topic}")]
    private partial void LogNotStored(Exception exception, LogTopic topic, string group, int partition);

    [LoggerMessage(LogLevel.Debug, "Kafka's client: {Message}")]
    private partial void LogClient(string message);
}
