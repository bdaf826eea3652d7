using System.Buffers.Binary;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Deliveries;

/// <summary>Sends a message of a device to its targets again, under the same message id.</summary>
internal sealed class ResendMessage(AppDbContext db, Caller caller, DeviceResend resend) : Endpoint<ResendMessageRequest, ResendResponse>
{
    /// <summary>Clocks of those who made the id and the time of receipt differ by less.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromDays(1);

    public override void Configure()
    {
        Post("iot-device/{id}/messages/{messageId}/resend");
        Policies(Role.Read);
    }

    public override async Task<ResendResponse> ExecuteAsync(ResendMessageRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.Devices.AsNoTracking().WritableBy(caller).SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
        if (!Guid.TryParse(HttpContext.GetRouteValue("messageId") as string, out var messageId)
            || await FindAsync(id, messageId, ct) is not { } message)
        {
            throw Refusal.NotFound();
        }

        return await resend.RunAsync(device, [message], request, request.OnlyFailed ?? false, continueFrom: null, ct);
    }

    private async Task<StoredMessage?> FindAsync(int deviceId, Guid messageId, CancellationToken ct)
    {
        // The id tells about when the message came, and so which partition it is in.
        var (earliest, latest) = Around(messageId);
        return await db.ReceivedMessages.AsNoTracking()
            .Where(m => m.DeviceId == deviceId && m.Id == messageId && m.ReceivedAt >= earliest && m.ReceivedAt <= latest)
            .Select(m => new StoredMessage(m.Id, m.ReceivedAt)).FirstOrDefaultAsync(ct);
    }

    private static (DateTimeOffset Earliest, DateTimeOffset Latest) Around(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
        return id.Version == 7 && milliseconds < 253_402_300_800_000 / 2
            ? (DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) - Tolerance, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) + Tolerance)
            : (DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
    }
}
