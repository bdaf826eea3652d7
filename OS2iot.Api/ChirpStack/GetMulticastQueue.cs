using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Downlinks;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

/// <summary>The messages to a multicast group that wait to be sent.</summary>
internal sealed class GetMulticastQueue(AppDbContext db, Caller caller) : EndpointWithoutRequest<MulticastQueueResponse>
{
    public override void Configure()
    {
        Get("multicast/{id}/downlink-multicast");
        Policies(Role.Read);
    }

    public override async Task<MulticastQueueResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var group = await db.MulticastGroups.AsNoTracking().VisibleTo(caller).Include(g => g.LoRaWan)
            .SingleOrDefaultAsync(g => g.Id == id, ct) ?? throw Refusal.NotFound();
        var waiting = await db.MulticastDownlinks.AsNoTracking()
            .Where(d => d.MulticastGroupId == id && d.State <= DownlinkState.Queued).OrderBy(d => d.Id).ToListAsync(ct);
        return new MulticastQueueResponse([.. waiting.Select(d => new MulticastQueueItem(
            group.LoRaWan!.ChirpStackGroupId, d.FCntDown ?? group.LoRaWan.FrameCounter, d.FPort, d.Payload))]);
    }
}
