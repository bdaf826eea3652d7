namespace OS2iot.Workers.Storing;

/// <summary>
/// Lets callers share round trips: while one is under way the items of further callers gather, and go together in the next. The
/// busier it is, the more a statement carries; a lone caller never waits for company.
/// </summary>
/// <param name="maxItems">Of one round trip; a single call may carry more.</param>
/// <param name="write">Writes all of the items or none.</param>
internal sealed class SharedWrites<T>(int maxItems, Func<IReadOnlyList<T>, CancellationToken, Task> write)
{
    private readonly Lock _gate = new();
    private readonly Queue<Call> _waiting = new();
    private bool _isWriting;

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
        while (NextCalls() is { Count: > 0 } calls)
        {
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
