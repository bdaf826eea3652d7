using Microsoft.Extensions.Options;
using OS2iot.Core.Sigfox;

namespace OS2iot.Workers.Sigfox;

/// <summary>Restarts devices, named one by one.</summary>
internal sealed class RestartDevices(SigfoxClient sigfox, SigfoxLogins logins, IOptions<SigfoxWorkOptions> options) : BulkWork(options)
{
    public override bool Does(SigfoxJobKind kind) => kind == SigfoxJobKind.RestartDevices;

    protected override Task<string> StartAsync(SigfoxJob job, IReadOnlyList<SigfoxJobItem> items, CancellationToken ct) =>
        sigfox.RestartDevicesAsync(logins.Of(job.SigfoxGroup!), job.SigfoxGroup!.SigfoxGroupId, items.Select(i => i.SigfoxId), ct);

    protected override Task<SigfoxBulkStatus?> LookAsync(SigfoxJob job, CancellationToken ct) =>
        sigfox.FindDevicesRestartAsync(logins.Of(job.SigfoxGroup!), job.NetworkJobId!, ct);
}
