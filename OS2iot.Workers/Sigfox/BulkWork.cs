using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;

namespace OS2iot.Workers.Sigfox;

/// <summary>What Sigfox does in jobs of its own: started for so many devices at a time, and asked how far they are.</summary>
internal abstract class BulkWork(IOptions<SigfoxWorkOptions> options) : SigfoxWork
{
    private const int AtOnce = 100;

    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(1);

    protected abstract Task<string> StartAsync(SigfoxJob job, IReadOnlyList<SigfoxJobItem> items, CancellationToken ct);

    protected abstract Task<SigfoxBulkStatus?> LookAsync(SigfoxJob job, CancellationToken ct);

    /// <summary>Called for each device when its result is known.</summary>
    protected virtual void Finish(SigfoxJob job, SigfoxJobItem item)
    {
    }

    public override async Task<SigfoxWait?> RunAsync(AppDbContext db, SigfoxJob job, Func<Task> save, CancellationToken ct)
    {
        while (true)
        {
            if (job.NetworkJobId is null)
            {
                var next = await Items(db, job, SigfoxItemState.Waiting).Take(AtOnce).ToListAsync(ct);
                if (next.Count == 0)
                {
                    return null;
                }

                job.NetworkJobId = await StartAsync(job, next, ct);
                next.ForEach(i => i.State = SigfoxItemState.Asked);
                job.Attempts = 0;
                await save();
            }

            var asked = await Items(db, job, SigfoxItemState.Asked).ToListAsync(ct);
            var status = await LookAsync(job, ct);
            if (status is { IsDone: false })
            {
                return await GoOnLaterAsync(db, job, status, ct);
            }

            NoteResults(job, asked, status);
            await CountAsync(db, job, asked, ct);
            job.NetworkJobId = null;
            job.Attempts = 0;
            await save();
        }
    }

    private static IQueryable<SigfoxJobItem> Items(AppDbContext db, SigfoxJob job, SigfoxItemState state) => db.Set<SigfoxJobItem>()
        .Where(i => i.SigfoxJobId == job.Id && i.State == state).OrderBy(i => i.Number).Include(i => i.Device);

    private void NoteResults(SigfoxJob job, List<SigfoxJobItem> asked, SigfoxBulkStatus? status)
    {
        var errors = (status?.Errors ?? []).Where(e => e.DeviceId is not null).ToLookup(e => e.DeviceId!, e => e.Message);
        var ofAll = status is null ? "SigFox does not know the job any more."
            : (status.Errors ?? []).FirstOrDefault(e => e.DeviceId is null)?.Message is { } message && status.Succeeded == 0 ? message
            : null;
        foreach (var item in asked)
        {
            item.Error = errors[item.SigfoxId].FirstOrDefault() ?? ofAll;
            item.State = item.Error is null ? SigfoxItemState.Done : SigfoxItemState.Failed;
            Finish(job, item);
        }
    }

    private static async Task CountAsync(AppDbContext db, SigfoxJob job, List<SigfoxJobItem> asked, CancellationToken ct)
    {
        var before = await db.Set<SigfoxJobItem>().Where(i => i.SigfoxJobId == job.Id && i.State >= SigfoxItemState.Done)
            .GroupBy(i => i.State).Select(g => new { State = g.Key, Count = g.Count() }).ToListAsync(ct);
        job.Succeeded = asked.Count(i => i.State == SigfoxItemState.Done) + before.Where(b => b.State == SigfoxItemState.Done).Sum(b => b.Count);
        job.Failed = asked.Count(i => i.State == SigfoxItemState.Failed) + before.Where(b => b.State == SigfoxItemState.Failed).Sum(b => b.Count);
    }

    private async Task<SigfoxWait> GoOnLaterAsync(AppDbContext db, SigfoxJob job, SigfoxBulkStatus status, CancellationToken ct)
    {
        await CountAsync(db, job, [], ct);
        (job.Succeeded, job.Failed) = (job.Succeeded + status.Succeeded, job.Failed + status.Failed);
        return NextLook(job, options.Value.FirstLook);
    }

    /// <summary>Longer each time.</summary>
    internal static SigfoxWait NextLook(SigfoxJob job, TimeSpan first)
    {
        var wait = first * Math.Pow(1.5, Math.Min(job.Attempts++, 20));
        return new SigfoxWait(wait < LongestLook ? wait : LongestLook, Reason: null);
    }
}
