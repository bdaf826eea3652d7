using System.Collections.Concurrent;
using OS2iot.Core.Messaging;

namespace OS2iot.Tests.Fakes;

/// <summary>A log in memory, for tests of one stage: it can be away, and a test hands batches to whoever reads.</summary>
internal sealed class MemoryLog : IMessageLog
{
    private readonly ConcurrentQueue<(LogTopic Topic, LogRecord Record)> _appended = new();
    private readonly ConcurrentDictionary<(LogTopic Topic, string Group), TaskCompletionSource<LogBatchHandler>> _readers = new();

    /// <summary>From now on nothing is taken, as when the broker is down.</summary>
    public bool IsAway { get; set; }

    public IReadOnlyList<LogRecord> Appended(LogTopic topic) => [.. _appended.Where(a => a.Topic == topic).Select(a => a.Record)];

    public Task AppendAsync(LogTopic topic, LogRecord record, CancellationToken ct) => AppendAsync(topic, [record], ct);

    public Task AppendAsync(LogTopic topic, IReadOnlyList<LogRecord> records, CancellationToken ct)
    {
        if (IsAway)
        {
            throw new LogUnavailableException("The log is away.");
        }

        foreach (var record in records)
        {
            _appended.Enqueue((topic, record));
        }

        return Task.CompletedTask;
    }

    public async Task ConsumeAsync(LogTopic topic, string group, LogBatchHandler handler, CancellationToken ct)
    {
        Reader(topic, group).TrySetResult(handler);
        await Task.Delay(Timeout.Infinite, ct);
    }

    /// <summary>Hands a batch to the reader of a topic and returns when it is done with it.</summary>
    public async Task HandAsync(LogTopic topic, string group, CancellationToken ct, params LogRecord[] batch)
    {
        var handler = await Reader(topic, group).Task.WaitAsync(TimeSpan.FromSeconds(10), ct);
        await handler(batch, ct);
    }

    public Task<long> ReadLagAsync(LogTopic topic, string group, CancellationToken ct) => Task.FromResult(0L);

    public Task PingAsync(CancellationToken ct) =>
        IsAway ? Task.FromException(new LogUnavailableException("The log is away.")) : Task.CompletedTask;

    private TaskCompletionSource<LogBatchHandler> Reader(LogTopic topic, string group) => _readers.GetOrAdd(
        (topic, group), _ => new TaskCompletionSource<LogBatchHandler>(TaskCreationOptions.RunContinuationsAsynchronously));
}
