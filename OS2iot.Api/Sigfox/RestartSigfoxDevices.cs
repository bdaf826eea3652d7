using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

internal sealed class RestartSigfoxDevicesRequest : IBodyRequest
{
    private const int MostDevices = 1000;

    public static Shape Shape { get; } = new() { ["deviceIds"] = Is.Ids().OfSize(1, MostDevices) };

    /// <summary>Of Sigfox devices of one group that the caller may change.</summary>
    public IReadOnlyList<int> DeviceIds { get; init; } = [];
}

/// <summary>Restarts Sigfox devices. The answer is the job, which goes on after it.</summary>
internal sealed class RestartSigfoxDevices(AppDbContext db, Caller caller) : Endpoint<RestartSigfoxDevicesRequest, SigfoxJobResponse>
{
    public override void Configure()
    {
        Post("sigfox-job/restart-devices");
        Policies(Role.Read);
    }

    public override async Task<SigfoxJobResponse> ExecuteAsync(RestartSigfoxDevicesRequest request, CancellationToken ct)
    {
        var ids = request.DeviceIds.Distinct().ToList();
        var writable = db.Devices.WritableBy(caller).Select(d => d.Id);
        var devices = await db.SigfoxDevices.IgnoreAutoIncludes().Where(d => ids.Contains(d.Id) && writable.Contains(d.Id))
            .Select(d => new { d.Id, d.SigfoxId, d.SigfoxGroupId, d.Registration }).ToListAsync(ct);
        if (devices.Count < ids.Count)
        {
            throw await db.Devices.CountAsync(d => ids.Contains(d.Id), ct) < ids.Count ? Refusal.NotFound()
                : await db.Devices.WritableBy(caller).CountAsync(d => ids.Contains(d.Id), ct) < ids.Count ? Refusal.Forbidden()
                : Refusal.BadRequest("Only SigFox devices can be restarted.");
        }

        if (devices.DistinctBy(d => d.SigfoxGroupId).Count() > 1)
        {
            throw Refusal.BadRequest("The devices must belong to one SigFox group.");
        }

        if (devices.Exists(d => d.Registration is not null))
        {
            throw Refusal.BadRequest("SigFox does not have all of the devices yet.");
        }

        var order = ids.Index().ToDictionary(i => i.Item, i => i.Index + 1);
        var job = new SigfoxJob { Kind = SigfoxJobKind.RestartDevices, SigfoxGroupId = devices[0].SigfoxGroupId, Total = devices.Count };
        job.Items.AddRange(devices.Select(d => new SigfoxJobItem { Number = order[d.Id], DeviceId = d.Id, SigfoxId = d.SigfoxId }));
        db.SigfoxJobs.Add(job);
        await db.SaveChangesAsync(ct);
        return new SigfoxJobResponse(job);
    }
}
