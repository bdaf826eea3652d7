using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Deliveries;

/// <summary>
/// Sends the messages that a device sent in a span of time to its targets again, oldest first and up to 10,000 in one call.
/// </summary>
internal sealed class ResendMessages(AppDbContext db, Caller caller, DeviceResend resend, TimeProvider clock)
    : Endpoint<ResendMessagesRequest, ResendResponse>
{
    public override void Configure()
    {
        Post("iot-device/{id}/messages/resend");
        Policies(Role.Read);
    }

    public override async Task<ResendResponse> ExecuteAsync(ResendMessagesRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.Devices.AsNoTracking().WritableBy(caller).SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
        var (from, to) = (request.From!.Value, request.To ?? clock.GetUtcNow());
        var messages = await db.ReceivedMessages.AsNoTracking()
            .Where(m => m.DeviceId == id && m.ReceivedAt >= from && m.ReceivedAt < to)
            .OrderBy(m => m.ReceivedAt).ThenBy(m => m.Id).Take(DeliveryQueue.MaxMessages + 1)
            .Select(m => new StoredMessage(m.Id, m.ReceivedAt)).ToListAsync(ct);
        DateTimeOffset? next = messages.Count > DeliveryQueue.MaxMessages ? messages[^1].ReceivedAt : null;
        return await resend.RunAsync(
            device, [.. messages.Take(DeliveryQueue.MaxMessages)], request, request.OnlyFailed ?? true, next, ct);
    }
}
