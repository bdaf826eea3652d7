using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Downlinks;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

internal sealed class SendToMulticastGroupRequest : IBodyRequest
{
    private const int MaxPort = 255;

    public static Shape Shape { get; } = new()
    {
        ["data"] = LoRaWanFields.Bytes(MulticastDownlink.PayloadMaxLength),
        ["port"] = Is.Integer().AtLeast(1).NotAbove(MaxPort),
    };

    /// <summary>The message, as hex digits.</summary>
    public string Data { get; init; } = "";

    public int Port { get; init; }
}

/// <summary>Keeps a message to all devices of a multicast group until the network takes it. What still waits is dropped for it.</summary>
internal sealed class SendToMulticastGroup(AppDbContext db, Caller caller, MulticastReader reader, ChirpStackSaves saves)
    : Endpoint<SendToMulticastGroupRequest, MulticastQueuedResponse>
{
    public override void Configure()
    {
        Post("multicast/{id}/downlink-multicast");
        Policies(Role.Read);
    }

    public override async Task<MulticastQueuedResponse> ExecuteAsync(SendToMulticastGroupRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();

        // One after the other, so that of two messages sent at once only the later one waits.
        await using var transaction = await db.LockAsync<MulticastGroup>(id, ct);
        var group = await db.MulticastGroups.WritableBy(caller).Include(g => g.LoRaWan).SingleOrDefaultAsync(g => g.Id == id, ct)
            ?? throw await reader.MissingAsync(id, ct);
        var waiting = await db.MulticastDownlinks.Where(d => d.MulticastGroupId == id && d.State <= DownlinkState.Queued).ToListAsync(ct);
        waiting.ForEach(d => d.State = DownlinkState.Flushed);
        db.MulticastDownlinks.Add(new MulticastDownlink
        {
            MulticastGroupId = id,
            Payload = Convert.FromHexString(request.Data),
            FPort = request.Port,
        });
        await saves.SaveAsync(Refusal.BadRequest, ct);
        await transaction.CommitAsync(ct);
        return new MulticastQueuedResponse(group.LoRaWan!.FrameCounter);
    }
}
