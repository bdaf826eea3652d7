using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;

namespace OS2iot.Workers.Sigfox;

/// <summary>Does one kind of job, for as long as there is something to do at once. It may be stopped anywhere and goes on from what is saved.</summary>
internal abstract class SigfoxWork
{
    public abstract bool Does(SigfoxJobKind kind);

    /// <param name="db">Tracks the job.</param>
    /// <param name="job">With its group.</param>
    /// <param name="save">Saves progress; to be called after each step.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null when the job is done; otherwise what it waits for.</returns>
    /// <exception cref="SigfoxException">Sigfox did not do it.</exception>
    public abstract Task<SigfoxWait?> RunAsync(AppDbContext db, SigfoxJob job, Func<Task> save, CancellationToken ct);
}

/// <param name="For">How long.</param>
/// <param name="Reason">For people; null where waiting is as it should be.</param>
internal sealed record SigfoxWait(TimeSpan For, string? Reason);
