namespace OS2iot.Workers.Database;

/// <summary>
/// Lets callers share round trips: while one is under way, and for a moment after its start, the items of further callers gather and
/// go together in the next. The busier it is, the more a statement carries; after a pause a lone caller never waits for company.
/// </summary>
/// <param name="maxItems">Of one round trip; a single call may carry more.</param>
/// <param name="write">Writes all of the items or none.</param>
/// <param name="clock">Counts the moment.</param>
internal sealed class SharedWrites<T>(int maxItems, Func<IReadOnlyList<T>, CancellationToken, Task> write, TimeProvider clock)
{
    /// <summary>From the start of one round trip to the start of the next.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(40);

    private readonly Lock _gate = new();
    private readonly Queue<Call> _waiting = new();
    private bool _isWriting;
    private long? _startedAt;

    /// <summary>Completes once the items are written.</summary>
    public Task WriteAsync(IReadOnlyList<T> items, CancellationToken ct)
    {
        var call = new Call(items);
        lock (_gate)
        {
            _waiting.Enqueue(call);
            if (_isWriting)
            {
                return call.Done.Task.WaitAsync(ct);
            }

            _isWriting = true;
        }

        // Goes on for the others when this caller leaves, and is no part of its trace.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(WriteWaitingAsync, CancellationToken.None);
        }

        return call.Done.Task.WaitAsync(ct);
    }

    private async Task WriteWaitingAsync()
    {
        while (true)
        {
            await GatherAsync();
            if (NextCalls() is not { Count: > 0 } calls)
            {
                return;
            }

            try
            {
                await write(calls.Count == 1 ? calls[0].Items : [.. calls.SelectMany(c => c.Items)], CancellationToken.None);
                calls.ForEach(c => c.Done.TrySetResult());
            }
            catch (Exception) when (calls.Count > 1)
            {
                // One of them may be at fault; the others are not to suffer for it.
                foreach (var call in calls)
                {
                    await WriteAloneAsync(call);
                }
            }
            catch (Exception exception)
            {
                calls[0].Done.TrySetException(exception);
            }
        }
    }

    private async Task GatherAsync()
    {
        if (_startedAt is { } startedAt && Pace - clock.GetElapsedTime(startedAt) is { Ticks: > 0 } left && !IsFull())
        {
            await Task.Delay(left, clock);
        }

        _startedAt = clock.GetTimestamp();
    }

    private bool IsFull()
    {
        lock (_gate)
        {
            return _waiting.Sum(c => c.Items.Count) >= maxItems;
        }
    }

    private async Task WriteAloneAsync(Call call)
    {
        try
        {
            await write(call.Items, CancellationToken.None);
            call.Done.TrySetResult();
        }
        catch (Exception exception)
        {
            call.Done.TrySetException(exception);
        }
    }

    private List<Call> NextCalls()
    {
        lock (_gate)
        {
            var calls = new List<Call>();
            var items = 0;
            while (_waiting.TryPeek(out var next) && (calls.Count == 0 || items + next.Items.Count <= maxItems))
            {
                calls.Add(_waiting.Dequeue());
                items += next.Items.Count;
            }

            _isWriting = calls.Count > 0;
            return calls;
        }
    }

    private sealed record Call(IReadOnlyList<T> Items)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
