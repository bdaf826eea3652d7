using Microsoft.Extensions.Options;
using OS2iot.Core.Sigfox;

namespace OS2iot.Workers.Sigfox;

/// <summary>Lets devices have another device type. Until Sigfox is done, callbacks may name either.</summary>
internal sealed class TransferDevices(SigfoxClient sigfox, SigfoxLogins logins, IOptions<SigfoxWorkOptions> options) : BulkWork(options)
{
    public override bool Does(SigfoxJobKind kind) => kind == SigfoxJobKind.Transfer;

    protected override Task<string> StartAsync(SigfoxJob job, IReadOnlyList<SigfoxJobItem> items, CancellationToken ct) =>
        sigfox.TransferDevicesAsync(logins.Of(job.SigfoxGroup!), job.DeviceTypeId!, items.Select(i => i.SigfoxId), ct);

    protected override Task<SigfoxBulkStatus?> LookAsync(SigfoxJob job, CancellationToken ct) =>
        sigfox.FindTransferAsync(logins.Of(job.SigfoxGroup!), job.NetworkJobId!, ct);

    protected override void Finish(SigfoxJob job, SigfoxJobItem item)
    {
        if (item.Device is not { } device || device.NextDeviceTypeId != job.DeviceTypeId)
        {
            return;
        }

        if (item.State == SigfoxItemState.Done)
        {
            (device.SigfoxDeviceTypeId, device.SigfoxDeviceTypeName) = (job.DeviceTypeId, job.DeviceTypeName);
        }

        device.NextDeviceTypeId = null;
    }
}
