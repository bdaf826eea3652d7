using System.Threading.Channels;
using OS2iot.Core.Database;
using OS2iot.Core.Sync;

namespace OS2iot.Workers.Sync;

/// <summary>Leads one outside system, on one instance at a time.</summary>
internal sealed partial class SyncLoop(SyncedSystem system, SyncTable table, SyncOptions options, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Blink = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan LongestPutOff = TimeSpan.FromMinutes(10);

    private readonly Guid _owner = Guid.NewGuid();

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private DateTimeOffset _reconcileAt = DateTimeOffset.MinValue;
    private bool _isReconcileWanted;
    private bool _isAway;
    private int _failures;

    public SyncedSystem System => system;

    /// <summary>There may be something to do. While the system is away, its next try is not brought forward by that.</summary>
    public void Wake()
    {
        if (!Volatile.Read(ref _isAway))
        {
            _wakes.Writer.TryWrite(true);
        }
    }

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        system.ReconcileWanted += OnReconcileWanted;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await LeadAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    LogDatabaseAway(exception, system.Name);
                }
                catch (OperationCanceledException)
                {
                    return;
                }

                await WaitAsync(options.Lease / 2, stoppingToken);
            }
        }
        finally
        {
            system.ReconcileWanted -= OnReconcileWanted;
        }
    }

    private void OnReconcileWanted()
    {
        Volatile.Write(ref _isReconcileWanted, true);
        _wakes.Writer.TryWrite(true);
    }

    /// <summary>Leads the system for as long as this instance may.</summary>
    private async Task LeadAsync(CancellationToken stoppingToken)
    {
        if (await table.LeadAsync(system.Name, _owner, options.Lease, stoppingToken) is null)
        {
            return;
        }

        _failures = 0;
        Volatile.Write(ref _isReconcileWanted, true);
        using var lead = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var keeping = KeepAsync(lead);
        try
        {
            while (true)
            {
                var wait = await WorkAsync(lead.Token);
                if (wait > TimeSpan.Zero)
                {
                    await WaitAsync(wait, lead.Token);
                }
            }
        }
        catch (OperationCanceledException) when (lead.IsCancellationRequested && !stoppingToken.IsCancellationRequested)
        {
            LogLeadLost(system.Name);
        }
        finally
        {
            await lead.CancelAsync();
            await keeping;
            await ReleaseAsync();
        }
    }

    /// <summary>Keeps the lead; ends it when another took it, or when nobody can tell.</summary>
    private async Task KeepAsync(CancellationTokenSource lead)
    {
        var kept = clock.GetTimestamp();
        using var timer = new PeriodicTimer(options.Lease / 4, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(lead.Token))
            {
                try
                {
                    if (await table.LeadAsync(system.Name, _owner, options.Lease, lead.Token) is not { } status)
                    {
                        break;
                    }

                    kept = clock.GetTimestamp();
                    if (status.ReconciledAt is null)
                    {
                        OnReconcileWanted();
                    }
                }
                catch (Exception exception) when (!lead.IsCancellationRequested && exception.IsOfOurDatabase())
                {
                    if (clock.GetElapsedTime(kept) > options.Lease)
                    {
                        break;
                    }
                }
            }

            await lead.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The lead ended from the other side.
        }
    }

    private async Task ReleaseAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(3), clock);
            await table.ReleaseAsync(system.Name, _owner, timeout.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException || exception.IsOfOurDatabase())
        {
            // The lease runs out by itself.
        }
    }

    /// <returns>How long there is nothing to do.</returns>
    private async Task<TimeSpan> WorkAsync(CancellationToken ct)
    {
        var untilReconcile = await ReconcileIfDueAsync(ct);
        if (untilReconcile is null)
        {
            return BackOff();
        }

        var due = await table.DueAsync(system.Name, system.BatchSize, ct);
        foreach (var part in PartsOf(due))
        {
            if (!await ApplyAsync(part, ct))
            {
                return BackOff();
            }
        }

        if (due.Count == system.BatchSize)
        {
            return TimeSpan.Zero;
        }

        TimeSpan[] waits = [untilReconcile.Value, await table.NextDueAsync(system.Name, ct) ?? options.PollInterval, options.PollInterval];
        return waits.Min() > Blink ? waits.Min() : Blink;
    }

    /// <summary>
    /// What is applied together. Where order matters each change has its place, but for those of one thing that follow each other: a
    /// thing may need what was made just before it, and be needed just after. Otherwise the newest of each thing stands for all.
    /// </summary>
    private IEnumerable<IReadOnlyList<SyncChange>> PartsOf(List<SyncChange> due)
    {
        if (!system.IsOrdered)
        {
            return due.Count == 0 ? [] : [[.. due.GroupBy(c => c.SyncedKey).Select(g => g.Last()).OrderBy(c => c.Id)]];
        }

        return due.Where((change, i) => i == due.Count - 1 || due[i + 1].SyncedKey != change.SyncedKey).Select(change => new[] { change });
    }

    /// <returns>False when the system is away.</returns>
    private async Task<bool> ApplyAsync(IReadOnlyList<SyncChange> changes, CancellationToken ct)
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timeout.CancelAfter(options.ApplyTimeout);
            var outage = await table.WithAsync(async db =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync(ct);
                await db.LockSyncedAsync(system.Name, [.. changes.Select(c => c.SyncedKey)], timeout.Token);
                var results = system.IsOrdered
                    ? [await system.ApplyAsync(db, changes[0], timeout.Token)]
                    : await system.ApplyAsync(db, changes, timeout.Token);
                await NoteAsync(db, changes, results, ct);
                await transaction.CommitAsync(ct);
                return results.FirstOrDefault(r => r.Outcome == SyncOutcome.Unreachable);
            });
            if (outage.Outcome == SyncOutcome.Unreachable)
            {
                await SetAwayAsync(outage.Error!, ct);
                return false;
            }

            await SetReachedAsync(ct);
            return true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && !exception.IsOfOurDatabase() && system.IsOutage(exception))
        {
            await SetAwayAsync(exception.Message, ct);
            return false;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && !exception.IsOfOurDatabase() && changes.Count > 1)
        {
            // One of them it is, and the others don't have to pay for it.
            LogNotApplied(exception, system.Name, "One of", $"{changes.Count}");
            foreach (var change in changes)
            {
                if (!await ApplyAsync([change], ct))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && !exception.IsOfOurDatabase())
        {
            LogNotApplied(exception, system.Name, changes[0].Kind, changes[0].Key);
            var error = "It could not be applied: " + exception.Message;
            await table.WithAsync(async db => await PutOffAsync(db, changes[0], error, ct));
            return true;
        }
    }

    private async Task NoteAsync(
        AppDbContext db, IReadOnlyList<SyncChange> changes, IReadOnlyList<SyncResult> results, CancellationToken ct)
    {
        var applied = changes.Where((_, i) => results[i].Outcome == SyncOutcome.Applied).ToList();
        if (applied.Count > 0)
        {
            await SyncTable.ForgetAsync(db, system.Name, applied, ct);
        }

        for (var i = 0; i < changes.Count; i++)
        {
            if (results[i].Outcome == SyncOutcome.Later)
            {
                await PutOffAsync(db, changes[i], results[i].Error ?? "Not yet.", ct);
            }
            else if (results[i].Outcome == SyncOutcome.Refused)
            {
                LogRefused(system.Name, changes[i].Kind, changes[i].Key, results[i].Error);
                await SyncTable.RefuseAsync(db, changes[i], results[i].Error ?? "It was refused.", ct);
            }
        }
    }

    private static async Task<bool> PutOffAsync(AppDbContext db, SyncChange change, string error, CancellationToken ct)
    {
        await SyncTable.PutOffAsync(db, change, PutOffFor(change.Attempts), error, ct);
        return true;
    }

    /// <returns>How long until the next comparison; null when the system is away.</returns>
    private async Task<TimeSpan?> ReconcileIfDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (Volatile.Read(ref _isReconcileWanted) || _reconcileAt <= now)
        {
            Volatile.Write(ref _isReconcileWanted, false);
            if (!await ReconcileAsync(ct))
            {
                Volatile.Write(ref _isReconcileWanted, true);
                return null;
            }

            _reconcileAt = clock.GetUtcNow() + options.ReconcileInterval;
        }

        return _reconcileAt - now;
    }

    /// <returns>False when the system is away.</returns>
    private async Task<bool> ReconcileAsync(CancellationToken ct)
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timeout.CancelAfter(options.ReconcileTimeout);
            var drift = await table.WithAsync(db => system.CompareAsync(db, timeout.Token));
            await table.RepairAsync(system.Name, drift, ct);
            if (drift.Missing.Count + drift.Extra.Count + drift.Different.Count > 0)
            {
                LogDrift(system.Name, drift.Missing.Count, drift.Extra.Count, drift.Different.Count);
            }

            await SetReachedAsync(ct);
            return true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && !exception.IsOfOurDatabase() && system.IsOutage(exception))
        {
            await SetAwayAsync(exception.Message, ct);
            return false;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && !exception.IsOfOurDatabase())
        {
            // Changes can go on without.
            LogNotReconciled(exception, system.Name);
            await table.SetReconcileFailedAsync(system.Name, exception.Message, ct);
            return true;
        }
    }

    private async Task SetReachedAsync(CancellationToken ct)
    {
        if (_isAway)
        {
            _isAway = false;
            LogBack(system.Name);
        }

        _failures = 0;
        await table.SetReachedAsync(system.Name, ct);
    }

    private async Task SetAwayAsync(string error, CancellationToken ct)
    {
        if (!_isAway)
        {
            _isAway = true;
            LogAway(system.Name, error);
        }

        _failures++;
        await table.SetUnreachableAsync(system.Name, BackOff(), error, ct);
    }

    /// <summary>1 s, 2 s, 4 s … with jitter.</summary>
    private TimeSpan BackOff()
    {
        var wait = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(_failures - 1, 10)) / 2);
        return (wait < options.LongestBackOff ? wait : options.LongestBackOff) * (0.75 + (Random.Shared.NextDouble() / 2));
    }

    private static TimeSpan PutOffFor(int attempts)
    {
        var wait = TimeSpan.FromSeconds(5 * Math.Pow(2, Math.Min(attempts, 10)));
        return wait < LongestPutOff ? wait : LongestPutOff;
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var timer = Task.Delay(wait, clock, timeout.Token);
        var woken = _wakes.Reader.ReadAsync(timeout.Token).AsTask();
        await Task.WhenAny(timer, woken);
        await timeout.CancelAsync();
        await Task.WhenAll(timer, woken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    [LoggerMessage(LogLevel.Warning, "{System} can't be followed up, as our database does not answer; trying until it does")]
    private partial void LogDatabaseAway(Exception exception, string system);

    [LoggerMessage(LogLevel.Warning, "Another instance leads {System} now")]
    private partial void LogLeadLost(string system);

    [LoggerMessage(LogLevel.Warning, "{System} is not reached; its changes wait: {Error}")]
    private partial void LogAway(string system, string error);

    [LoggerMessage(LogLevel.Information, "{System} is reached again")]
    private partial void LogBack(string system);

    [LoggerMessage(LogLevel.Warning, "{System} refused {Kind} {Key}: {Error}")]
    private partial void LogRefused(string system, string kind, string key, string? error);

    [LoggerMessage(LogLevel.Error, "{Kind} {Key} could not be applied at {System}; it is put off")]
    private partial void LogNotApplied(Exception exception, string system, string kind, string key);

    [LoggerMessage(LogLevel.Information, "{System} was not as it should be: {Missing} missing, {Extra} extra, {Different} different; being repaired")]
    private partial void LogDrift(string system, int missing, int extra, int different);

    [LoggerMessage(LogLevel.Error, "{System} could not be compared with our database")]
    private partial void LogNotReconciled(Exception exception, string system);
}
