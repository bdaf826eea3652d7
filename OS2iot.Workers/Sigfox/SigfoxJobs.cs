using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;

namespace OS2iot.Workers.Sigfox;

/// <summary>
/// Does what people asked for at Sigfox and what takes its time. A job belongs to one process at a time, and one that waits for Sigfox
/// keeps no other from going on.
/// </summary>
internal sealed partial class SigfoxJobs(
    IServiceScopeFactory scopes,
    IEnumerable<SigfoxWork> works,
    PostgreSqlNotifications notifications,
    IOptions<SigfoxWorkOptions> options,
    TimeProvider clock,
    ILogger<SigfoxJobs> logger) : BackgroundService
{
    private const string Channel = "sigfox_job_added";

    private const int AtOnce = 8;

    private const int MostAttempts = 100;

    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);

    private readonly Guid _owner = Guid.NewGuid();
    private readonly SemaphoreSlim _wake = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = notifications.Subscribe(Channel, _ => Wake(), Wake);
        var running = new List<Task>();
        try
        {
            while (true)
            {
                running.RemoveAll(r => r.IsCompleted);
                foreach (var id in await TryTakeAsync(AtOnce - running.Count, stoppingToken))
                {
                    running.Add(RunAsync(id, stoppingToken));
                }

                await WaitAsync(stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake.
        }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var woken = _wake.WaitAsync(either.Token);
        await Task.WhenAny(woken, Task.Delay(options.Value.JobInterval, clock, either.Token));
        await either.CancelAsync();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    private async Task<List<int>> TryTakeAsync(int atMost, CancellationToken ct)
    {
        if (atMost <= 0)
        {
            return [];
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            var (now, until) = (clock.GetUtcNow(), clock.GetUtcNow() + options.Value.JobLease);
            return await db.Database.SqlQuery<int>(
                $"""
                UPDATE sigfox_jobs SET state = 1, lease_owner = {_owner}, lease_until = {until} WHERE id IN (
                    SELECT id FROM sigfox_jobs
                    WHERE state <= 1 AND (next_attempt_at IS NULL OR next_attempt_at <= {now}) AND (lease_until IS NULL OR lease_until < {now})
                    ORDER BY next_attempt_at NULLS FIRST, id LIMIT {atMost} FOR UPDATE SKIP LOCKED)
                RETURNING id AS "Value"
                """).ToListAsync(ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogNotTaken(exception);
            return [];
        }
    }

    private async Task RunAsync(int id, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            var job = await db.SigfoxJobs.Include(j => j.SigfoxGroup).SingleAsync(j => j.Id == id, ct);
            await RunAsync(db, job, ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            // The lease runs out, and somebody goes on.
            LogStopped(exception, id);
        }
        finally
        {
            Wake();
        }
    }

    private async Task RunAsync(AppDbContext db, SigfoxJob job, CancellationToken ct)
    {
        var work = works.Single(w => w.Does(job.Kind));
        SigfoxWait? wait;
        try
        {
            wait = await work.RunAsync(db, job, () => SaveAsync(db, job, ct), ct);
        }
        catch (SigfoxException exception)
        {
            wait = WaitAfter(job, exception);
            if (wait is null)
            {
                await FinishAsync(db, job, SigfoxJobState.Failed, exception.Message, ct);
                return;
            }
        }

        if (wait is null)
        {
            await FinishAsync(db, job, SigfoxJobState.Done, message: null, ct);
            return;
        }

        job.State = SigfoxJobState.Waiting;
        job.NextAttemptAt = clock.GetUtcNow() + wait.For;
        job.Message = wait.Reason;
        (job.LeaseOwner, job.LeaseUntil) = (null, null);
        await SaveIfOursAsync(db, job, ct);
    }

    /// <returns>Null where waiting does not help.</returns>
    private static SigfoxWait? WaitAfter(SigfoxJob job, SigfoxException exception) => exception.Failure switch
    {
        // No try of ours: it was not the job that failed.
        SigfoxFailure.TooManyRequests => new SigfoxWait(exception.RetryAfter, "SigFox limits how often it is asked."),
        SigfoxFailure.Unavailable when ++job.Attempts <= MostAttempts => new SigfoxWait(BackOff(job.Attempts), exception.Message),
        _ => null,
    };

    private static TimeSpan BackOff(int attempts)
    {
        var wait = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(attempts, 10)));
        return wait < LongestBackOff ? wait : LongestBackOff;
    }

    private async Task FinishAsync(AppDbContext db, SigfoxJob job, SigfoxJobState state, string? message, CancellationToken ct)
    {
        (job.State, job.Message, job.FinishedAt) = (state, message, clock.GetUtcNow());
        (job.NextAttemptAt, job.LeaseOwner, job.LeaseUntil) = (null, null, null);
        await SaveIfOursAsync(db, job, ct);
        LogFinished(job.Id, job.Kind, job.Succeeded, job.Failed, message);
    }

    private Task SaveAsync(AppDbContext db, SigfoxJob job, CancellationToken ct)
    {
        job.LeaseUntil = clock.GetUtcNow() + options.Value.JobLease;
        return SaveIfOursAsync(db, job, ct);
    }

    /// <exception cref="InvalidOperationException">Another process has the job: this one was thought dead.</exception>
    private async Task SaveIfOursAsync(AppDbContext db, SigfoxJob job, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var owners = await db.Database.SqlQuery<Guid?>($"""SELECT lease_owner AS "Value" FROM sigfox_jobs WHERE id = {job.Id} FOR UPDATE""").ToListAsync(ct);
        if (owners is not [{ } owner] || owner != _owner)
        {
            throw new InvalidOperationException("Another process has the job.");
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    [LoggerMessage(LogLevel.Information, "Job {Id} at Sigfox ({Kind}) ended: {Succeeded} done, {Failed} not. {Message}")]
    private partial void LogFinished(int id, SigfoxJobKind kind, int succeeded, int failed, string? message);

    [LoggerMessage(LogLevel.Warning, "Jobs at Sigfox could not be looked for; trying again")]
    private partial void LogNotTaken(Exception exception);

    [LoggerMessage(LogLevel.Error, "Job {Id} at Sigfox stopped; it goes on after a while")]
    private partial void LogStopped(Exception exception, int id);
}
