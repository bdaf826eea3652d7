using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>
/// One member of a group. A single loop takes part in the leases, fetches for all partitions that are idle in one round trip, and
/// says how far they are; handlers of different partitions run beside it.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "RunAsync disposes what it made.")]
internal sealed partial class PostgreSqlLogReader(
    PostgreSqlCursors cursors, LogTopic topic, string group, LogBatchHandler handler, LogOptions options, LogMetrics metrics,
    TimeProvider clock, ILogger logger)
{
    /// <summary>
    /// Progress reaches the database at most this often while records flow: what is read again after a crash is a moment's worth,
    /// and the cursors are not rewritten hundreds of times a second.
    /// </summary>
    private static readonly TimeSpan CommitInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LagInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestOutageBackOff = TimeSpan.FromSeconds(5);

    private readonly Dictionary<short, OwnedPartition> _partitions = [];
    private readonly SemaphoreSlim _signal = new(0);
    private CancellationTokenSource _lease = new();
    private int _signalled;
    private int _noticed;
    private int _membersChanged = 1;
    private long _takenAt;
    private long _polledAt;
    private long _committedAt;
    private long _lagReadAt;
    private int _failures;

    private TimeSpan RenewInterval => options.Lease / 3;

    /// <summary>There may be new records.</summary>
    public void Notice()
    {
        Volatile.Write(ref _noticed, 1);
        Signal();
    }

    /// <summary>A member of some group of the topic came or went.</summary>
    public void NoticeMembers()
    {
        Volatile.Write(ref _membersChanged, 1);
        Signal();
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await StepAsync(ct);
                Succeeded();
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                await FailedAsync(exception, ct);
            }
            catch (Exception exception)
            {
                // Cut off in the middle by the end; what it did not say is said below.
                LogEnded(exception, topic, group);
            }
        }

        await LeaveAsync();
        metrics.NoLag(topic.Name, group);
        _lease.Dispose();
        _signal.Dispose();
    }

    private async Task StepAsync(CancellationToken ct)
    {
        Settle();
        if (Interlocked.Exchange(ref _membersChanged, 0) == 1 || Since(_takenAt) >= RenewInterval)
        {
            await TakeAsync(ct);
        }

        if (Interlocked.Exchange(ref _noticed, 0) == 1 || Since(_polledAt) >= options.PollInterval)
        {
            _polledAt = clock.GetTimestamp();
            foreach (var partition in _partitions.Values)
            {
                partition.MayHaveMore = true;
            }
        }

        var toCommit = ToCommit();
        var toFetch = _partitions.Values.Where(p => p is { Work: null, MayHaveMore: true, IsLeaving: false }).ToArray();
        if (toCommit.Length > 0 || toFetch.Length > 0)
        {
            await ExchangeAsync(toCommit, toFetch, ct);
        }
        else
        {
            await ReadLagAsync(ct);
            await _signal.WaitAsync(UntilNextStep(), ct);
            Volatile.Write(ref _signalled, 0);
        }
    }

    /// <summary>Takes over what handlers finished, and forgets partitions that are lost and no longer worked on.</summary>
    private void Settle()
    {
        foreach (var partition in _partitions.Values.ToArray())
        {
            if (partition.Work is { IsCompleted: true } work)
            {
                partition.Position = work.IsCompletedSuccessfully ? work.Result : partition.Position;
                partition.Work = null;
            }

            if (partition is { Work: null, Lost.IsCancellationRequested: true })
            {
                Remove(partition);
            }
        }
    }

    private async Task TakeAsync(CancellationToken ct)
    {
        var startedAt = clock.GetTimestamp();
        var (owned, fair) = await cursors.TakeAsync(options.Lease, ct);
        _takenAt = startedAt;
        RenewLease(startedAt);

        foreach (var lost in _partitions.Values.Where(p => !owned.ContainsKey(p.Number)))
        {
            lost.Lose();
            LogLost(topic, group, lost.Number);
        }

        foreach (var (number, position) in owned)
        {
            // A lost one that is still worked on stays lost: its records are fetched again once the handler has ended.
            _partitions.TryAdd(number, new OwnedPartition(number, position, _lease.Token));
        }

        // Idle ones first: they can go at once.
        var surplus = owned.Count - fair;
        foreach (var partition in _partitions.Values.OrderBy(p => p.Work is null ? 0 : 1).ThenByDescending(p => p.Number))
        {
            partition.IsLeaving = surplus-- > 0;
        }

        Settle();
    }

    /// <summary>
    /// If the database can't be asked for as long as the lease lasts, others may have taken over: handlers are told by this clock,
    /// not when the database is back.
    /// </summary>
    private void RenewLease(long startedAt)
    {
        if (_lease.IsCancellationRequested)
        {
            _lease.Dispose();
            _lease = new CancellationTokenSource();
        }

        var left = options.Lease - clock.GetElapsedTime(startedAt);
        _lease.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private OwnedPartition[] ToCommit()
    {
        var leaving = _partitions.Values.Any(p => p is { IsLeaving: true, Work: null });
        var isDue = leaving || Since(_committedAt) >= CommitInterval;
        return isDue
            ? [.. _partitions.Values.Where(p => p.Position != p.Committed || p is { IsLeaving: true, Work: null })]
            : [];
    }

    private async Task ExchangeAsync(OwnedPartition[] toCommit, OwnedPartition[] toFetch, CancellationToken ct)
    {
        var commits = Array.ConvertAll(toCommit, p => new CursorCommit(p.Number, p.Position, p is { IsLeaving: true, Work: null }));
        var fetches = Array.ConvertAll(toFetch, p => new CursorFetch(p.Number, p.Position));
        var (kept, found) = await cursors.ExchangeAsync(commits, fetches, ct);

        _committedAt = commits.Length > 0 ? clock.GetTimestamp() : _committedAt;
        for (var i = 0; i < commits.Length; i++)
        {
            toCommit[i].Committed = commits[i].Position;
            if (!kept.Contains(commits[i].Partition))
            {
                LogLost(topic, group, commits[i].Partition);
                toCommit[i].Lose();
            }
            else if (commits[i].IsReleased)
            {
                Remove(toCommit[i]);
            }
        }

        foreach (var partition in toFetch)
        {
            partition.MayHaveMore = found.TryGetValue(partition.Number, out var batch);
            if (batch is not null && !partition.Lost.IsCancellationRequested)
            {
                partition.Work = HandleAsync(partition, batch, ct);

                // Not from within: the loop must find the work completed when it wakes.
                _ = partition.Work.ContinueWith(
                    _ => Signal(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }

        Settle();
    }

    private async Task<long> HandleAsync(OwnedPartition partition, FetchedBatch batch, CancellationToken ct)
    {
        // The loop goes on while the handler's first, synchronous part runs.
        await Task.Yield();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(partition.Lost, ct);
        try
        {
            for (var failures = 0; !partition.IsLeaving || failures == 0; failures++)
            {
                if (await TryHandleAsync(partition.Number, batch.Records, failures, either.Token))
                {
                    return batch.LastOffset;
                }

                await BackOffAsync(partition, failures, either.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }

        return partition.Position;
    }

    private async Task<bool> TryHandleAsync(short partition, List<LogRecord> records, int failures, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var started = clock.GetTimestamp();
        try
        {
            await handler(records, ct);
            metrics.Consumed(topic.Name, group, records.Count, clock.GetElapsedTime(started));
            return true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogHandlerFailed(exception, topic, group, partition, records.Count, failures + 1);
            return false;
        }
    }

    private async Task BackOffAsync(OwnedPartition partition, int failures, CancellationToken ct)
    {
        var until = clock.GetTimestamp() + (long)(LogBackOff.After(failures, options).TotalSeconds * clock.TimestampFrequency);
        while (!partition.IsLeaving && clock.GetElapsedTime(clock.GetTimestamp(), until) is { Ticks: > 0 } left)
        {
            await Task.Delay(left < RenewInterval ? left : RenewInterval, clock, ct);
        }
    }

    private async Task ReadLagAsync(CancellationToken ct)
    {
        if (Since(_lagReadAt) < LagInterval)
        {
            return;
        }

        _lagReadAt = clock.GetTimestamp();
        var positions = _partitions.Values.Select(p => new CursorFetch(p.Number, p.Position)).ToArray();
        metrics.Lag(topic.Name, group, await cursors.CountAfterAsync(positions, ct));
    }

    private TimeSpan UntilNextStep()
    {
        var wait = RenewInterval - Since(_takenAt);
        wait = Min(wait, options.PollInterval - Since(_polledAt));
        if (_partitions.Values.Any(p => p.Position != p.Committed))
        {
            wait = Min(wait, CommitInterval - Since(_committedAt));
        }

        return wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero;
    }

    private async Task FailedAsync(Exception exception, CancellationToken ct)
    {
        if (_failures++ == 0)
        {
            LogAway(exception, topic, group);
        }

        Settle();
        cursors.Forget();
        Volatile.Write(ref _membersChanged, 1);
        var wait = Min(LongestOutageBackOff, TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(_failures, 10))));
        await Task.Delay(wait * (0.75 + (Random.Shared.NextDouble() / 2)), clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Succeeded()
    {
        if (_failures > 0)
        {
            _failures = 0;
            LogBack(topic, group);
        }
    }

    /// <summary>Gives everything back, so that another member, or the next start, goes on at once.</summary>
    private async Task LeaveAsync()
    {
        var working = _partitions.Values.Select(p => p.Work).OfType<Task>().ToArray();
        await Task.WhenAll(working).WaitAsync(options.DrainTimeout, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Settle();

        // What a handler still holds is not given back: its lease ends by itself, after the handler hopefully did.
        var commits = _partitions.Values.Where(p => p.Work is null).Select(p => new CursorCommit(p.Number, p.Position, true)).ToArray();
        try
        {
            using var timeout = new CancellationTokenSource(LastWord);
            await cursors.LeaveAsync(commits, timeout.Token);
        }
        catch (Exception exception)
        {
            LogNotLeft(exception, topic, group);
        }
    }

    private void Remove(OwnedPartition partition)
    {
        _partitions.Remove(partition.Number);
        partition.Dispose();
    }

    private void Signal()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            try
            {
                _signal.Release();
            }
            catch (ObjectDisposedException)
            {
                // The last notice came after the end.
            }
        }
    }

    private TimeSpan Since(long timestamp) => timestamp == 0 ? TimeSpan.MaxValue : clock.GetElapsedTime(timestamp);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [LoggerMessage(LogLevel.Warning, "{Group} did not handle {Count} records of {Topic}, partition {Partition}; they come again (failure {Failures})")]
    private partial void LogHandlerFailed(Exception exception, LogTopic topic, string group, short partition, int count, int failures);

    [LoggerMessage(LogLevel.Warning, "{Group} can't read {Topic}; trying again")]
    private partial void LogAway(Exception exception, LogTopic topic, string group);

    [LoggerMessage(LogLevel.Information, "{Group} reads {Topic} again")]
    private partial void LogBack(LogTopic topic, string group);

    [LoggerMessage(LogLevel.Debug, "{Group} stops reading {Topic}")]
    private partial void LogEnded(Exception exception, LogTopic topic, string group);

    [LoggerMessage(LogLevel.Information, "{Group} no longer has partition {Partition} of {Topic}; another member does")]
    private partial void LogLost(LogTopic topic, string group, short partition);

    [LoggerMessage(LogLevel.Warning, "{Group} could not give back its partitions of {Topic}; others take them when the lease ends")]
    private partial void LogNotLeft(Exception exception, LogTopic topic, string group);
}
