using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;

namespace OS2iot.Workers.Sigfox;

/// <summary>Restarts all devices of a type, also those that are not here.</summary>
internal sealed class RestartDeviceType(SigfoxClient sigfox, SigfoxLogins logins, IOptions<SigfoxWorkOptions> options) : SigfoxWork
{
    private const int MostErrors = 1_000;

    public override bool Does(SigfoxJobKind kind) => kind == SigfoxJobKind.RestartDeviceType;

    public override async Task<SigfoxWait?> RunAsync(AppDbContext db, SigfoxJob job, Func<Task> save, CancellationToken ct)
    {
        var login = logins.Of(job.SigfoxGroup!);
        if (job.NetworkJobId is null)
        {
            job.NetworkJobId = await sigfox.RestartDeviceTypeAsync(login, job.DeviceTypeId!, ct);
            job.Attempts = 0;
            await save();
        }

        var status = await sigfox.FindDeviceTypeRestartAsync(login, job.NetworkJobId, ct)
            ?? throw new SigfoxException(SigfoxFailure.NotFound, "SigFox does not know the job any more.");
        (job.Total, job.Succeeded, job.Failed) = (Math.Max(status.Total, status.Succeeded + status.Failed), status.Succeeded, status.Failed);
        if (!status.IsDone)
        {
            return BulkWork.NextLook(job, options.Value.FirstLook);
        }

        await AddErrorsAsync(db, job, status, ct);
        return null;
    }

    private static async Task AddErrorsAsync(AppDbContext db, SigfoxJob job, SigfoxBulkStatus status, CancellationToken ct)
    {
        var errors = status.Errors.Take(MostErrors).ToList();
        var ids = errors.Select(e => e.DeviceId).ToList();
        var devices = await db.SigfoxDevices.AsNoTracking().IgnoreAutoIncludes().Where(d => d.SigfoxGroupId == job.SigfoxGroupId && ids.Contains(d.SigfoxId))
            .Select(d => new { d.SigfoxId, d.Id }).ToDictionaryAsync(d => d.SigfoxId, d => d.Id, ct);
        job.Items.AddRange(errors.Select((error, i) => new SigfoxJobItem
        {
            Number = i + 1,
            SigfoxId = error.DeviceId ?? "",
            DeviceId = error.DeviceId is { } id && devices.TryGetValue(id, out var device) ? device : null,
            State = SigfoxItemState.Failed,
            Error = error.Message,
        }));
    }
}
