using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>
/// Appends to one topic for the whole process. While one round trip is under way the next batch collects, so the busier it is,
/// the more records share a commit. Callers that were just answered mostly come again at once, so a batch waits for them a moment; a
/// lone caller never waits for company.
/// </summary>
internal sealed partial class PostgreSqlLogWriter : IAsyncDisposable
{
    private const int MaxBatchRecords = 500;
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    /// <summary>A connection is kept over short pauses only.</summary>
    private static readonly TimeSpan KeepConnection = TimeSpan.FromSeconds(5);

    /// <summary>For callers that are likely to come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan ShortestTry = TimeSpan.FromSeconds(1);

    private readonly PostgreSqlTopics _topics;
    private readonly LogTopic _topic;
    private readonly LogOptions _options;
    private readonly LogMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Action _onAppended;
    private readonly Channel<Append> _queue = Channel.CreateUnbounded<Append>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<Append> _batch = new(MaxBatchRecords);
    private readonly PostgreSqlAppendCommand _command;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private NpgsqlConnection? _connection;
    private long _waitingBytes;
    private int _waiting;
    private int _expected;
    private TaskCompletionSource? _complete;
    private bool _away;

    public PostgreSqlLogWriter(
        PostgreSqlTopics topics, LogTopic topic, LogOptions options, LogMetrics metrics, TimeProvider clock, ILogger logger, Action onAppended)
    {
        (_topics, _topic, _options, _metrics, _clock, _logger, _onAppended) = (topics, topic, options, metrics, clock, logger, onAppended);
        _command = new PostgreSqlAppendCommand(PostgreSqlTopics.TableOf(topic));

        // The loop outlives the request that happened to start it, and is no part of its trace.
        using (ExecutionContext.SuppressFlow())
        {
            _loop = Task.Run(RunAsync);
        }
    }

    public async Task AppendAsync(LogRecord record, CancellationToken ct)
    {
        EncodedRecord[] encoded = [new EncodedRecord(record)];
        await WaitAsync([Enqueue(encoded, encoded[0].Size)], ct);
    }

    public async Task AppendAsync(IReadOnlyList<LogRecord> records, CancellationToken ct)
    {
        var appends = new List<Append>();
        foreach (var part in Split(records))
        {
            appends.Add(Enqueue(part.Records, part.Size));
        }

        await WaitAsync(appends, ct);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stopping.CancelAfter(_options.DrainTimeout);
        await _loop;
        _command.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Parts that fit a batch, encoded in full before the first is enqueued: a bad record stops all of its call and nobody else.</summary>
    private static List<(EncodedRecord[] Records, int Size)> Split(IReadOnlyList<LogRecord> records)
    {
        var parts = new List<(EncodedRecord[], int)>();
        var part = new List<EncodedRecord>(Math.Min(records.Count, MaxBatchRecords));
        var size = 0;
        foreach (var record in records)
        {
            var encoded = new EncodedRecord(record);
            if (part.Count == MaxBatchRecords || (part.Count > 0 && size + encoded.Size > MaxBatchBytes))
            {
                parts.Add(([.. part], size));
                part.Clear();
                size = 0;
            }

            part.Add(encoded);
            size += encoded.Size;
        }

        if (part.Count > 0)
        {
            parts.Add(([.. part], size));
        }

        return parts;
    }

    private Append Enqueue(EncodedRecord[] records, int size)
    {
        var append = new Append(records, size, _clock.GetTimestamp());
        if (Interlocked.Add(ref _waitingBytes, append.Cost) > _options.MaxWaitingBytes)
        {
            Interlocked.Add(ref _waitingBytes, -append.Cost);
            throw new LogUnavailableException($"Too much waits to be appended to {_topic}.");
        }

        if (!_queue.Writer.TryWrite(append))
        {
            Interlocked.Add(ref _waitingBytes, -append.Cost);
            throw new LogUnavailableException("The host is stopping.");
        }

        if (Interlocked.Increment(ref _waiting) >= Volatile.Read(ref _expected))
        {
            Volatile.Read(ref _complete)?.TrySetResult();
        }

        return append;
    }

    private async Task WaitAsync(IReadOnlyList<Append> appends, CancellationToken ct)
    {
        try
        {
            foreach (var append in appends)
            {
                var waited = _clock.GetElapsedTime(append.EnqueuedAt);
                var left = waited < _options.AppendTimeout ? _options.AppendTimeout - waited : TimeSpan.Zero;
                await append.Done.Task.WaitAsync(left, _clock, ct);
            }
        }
        catch (TimeoutException exception)
        {
            throw new LogUnavailableException($"{_topic} did not confirm within {_options.AppendTimeout}.", exception);
        }
        finally
        {
            foreach (var append in appends)
            {
                append.IsAwaited = false;
            }
        }
    }

    private async Task RunAsync()
    {
        while (await HasMoreAsync())
        {
            await GatherAsync();
            Collect();
            if (_batch.Count > 0)
            {
                await SendAsync();
            }

            // Whoever is answered now, and whoever came meanwhile.
            Volatile.Write(ref _expected, _batch.Count + Volatile.Read(ref _waiting));
        }

        await DisconnectAsync();
    }

    private async Task<bool> HasMoreAsync()
    {
        var more = _queue.Reader.WaitToReadAsync();
        if (more.IsCompleted || _connection is null)
        {
            return await more;
        }

        var waiting = more.AsTask();
        await ((Task)waiting).WaitAsync(KeepConnection, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!waiting.IsCompleted)
        {
            await DisconnectAsync();
        }

        return await waiting;
    }

    private async Task GatherAsync()
    {
        if (Volatile.Read(ref _waiting) >= Volatile.Read(ref _expected))
        {
            return;
        }

        var complete = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _complete, complete);
        if (Volatile.Read(ref _waiting) < Volatile.Read(ref _expected))
        {
            await complete.Task.WaitAsync(Patience, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Volatile.Write(ref _complete, null);
    }

    private void Collect()
    {
        _batch.Clear();
        var (records, bytes) = (0, 0);
        while (_queue.Reader.TryPeek(out var next))
        {
            if (records > 0 && (records + next.Records.Length > MaxBatchRecords || bytes + next.Size > MaxBatchBytes))
            {
                return;
            }

            _queue.Reader.TryRead(out _);
            Interlocked.Decrement(ref _waiting);
            if (next.IsAwaited)
            {
                _batch.Add(next);
                records += next.Records.Length;
                bytes += next.Size;
            }
            else
            {
                // Its caller gave up, and may be sending it again by now.
                Interlocked.Add(ref _waitingBytes, -next.Cost);
            }
        }
    }

    private async Task SendAsync()
    {
        var started = _clock.GetTimestamp();
        var left = _options.AppendTimeout - _clock.GetElapsedTime(_batch[0].EnqueuedAt, started);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        timeout.CancelAfter(left > ShortestTry ? left : ShortestTry);
        try
        {
            await SendAsync(timeout.Token);
            Complete(started);
        }
        catch (Exception exception)
        {
            await DisconnectAsync();
            Fail(exception);
        }
    }

    private async Task SendAsync(CancellationToken ct)
    {
        var partitions = await _topics.PartitionsOfAsync(_topic, ct);
        var isFresh = _connection is null;
        try
        {
            await ExecuteAsync(partitions, ct);
        }
        catch (NpgsqlException exception) when (!isFresh && _connection?.FullState.HasFlag(System.Data.ConnectionState.Open) != true && !ct.IsCancellationRequested)
        {
            // The connection had died in a pause, as after a restart of the server: that says nothing about the log.
            LogConnectionDied(exception, _topic);
            await DisconnectAsync();
            await ExecuteAsync(partitions, ct);
        }
    }

    private async Task ExecuteAsync(int partitions, CancellationToken ct)
    {
        _connection ??= await _topics.Database.OpenConnectionAsync(ct);
        await _command.ExecuteAsync(_connection, _batch, partitions, ct);
    }

    private void Complete(long started)
    {
        var records = 0;
        foreach (var append in _batch)
        {
            records += append.Records.Length;
            Interlocked.Add(ref _waitingBytes, -append.Cost);
            append.Done.TrySetResult();
        }

        _onAppended();
        _metrics.Appended(_topic.Name, records, _clock.GetElapsedTime(started));
        if (_away)
        {
            _away = false;
            LogBack(_topic);
        }
    }

    private void Fail(Exception exception)
    {
        if (!_away)
        {
            _away = true;
            LogAway(exception, _topic);
        }

        var records = 0;
        foreach (var append in _batch)
        {
            records += append.Records.Length;
            Interlocked.Add(ref _waitingBytes, -append.Cost);
            append.Done.TrySetException(new LogUnavailableException($"{_topic} did not take the record.", exception));

            // Where its caller has already left, nobody looks at the exception.
            _ = append.Done.Task.Exception;
        }

        _metrics.NotAppended(_topic.Name, records);
    }

    private async Task DisconnectAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Records for {Topic} can't be appended; their senders are told")]
    private partial void LogAway(Exception exception, LogTopic topic);

    [LoggerMessage(LogLevel.Information, "Records for {Topic} are appended again")]
    private partial void LogBack(LogTopic topic);

    [LoggerMessage(LogLevel.Debug, "The connection that appends to {Topic} had died; appending on a new one")]
    private partial void LogConnectionDied(Exception exception, LogTopic topic);
}

/// <summary>Records of one call, confirmed together.</summary>
internal sealed class Append(EncodedRecord[] records, int size, long enqueuedAt)
{
    /// <summary>What an append of next to nothing costs while it waits.</summary>
    private const int Overhead = 400;

    private volatile bool _isAwaited = true;

    public EncodedRecord[] Records => records;

    public int Size => size;

    /// <summary>Its share of the memory that may wait.</summary>
    public int Cost => size + (Overhead * records.Length);

    public long EnqueuedAt => enqueuedAt;

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>False once the caller left: cancelled, or too late.</summary>
    public bool IsAwaited
    {
        get => _isAwaited;
        set => _isAwaited = value;
    }
}
