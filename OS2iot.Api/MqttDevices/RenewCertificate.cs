using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.MqttDevices;

internal sealed class RenewCertificateRequest : IBodyRequest
{
    private const int MaxDays = 365;

    public static Shape Shape { get; } = new() { ["overlapDays"] = Is.Integer().AtLeast(0).NotAbove(MaxDays).Optional() };

    /// <summary>How long the former certificate stays good; 0 ends it now. As configured when absent.</summary>
    public int? OverlapDays { get; init; }
}

/// <summary>
/// Gives a device at our broker a new certificate. The former stays good for a while, so that the device can be brought the new one.
/// </summary>
internal sealed class RenewCertificate(
    AppDbContext db, Caller caller, MqttInternalNetwork network, DeviceReader reader, IOptions<MqttOptions> options, TimeProvider clock)
    : Endpoint<RenewCertificateRequest, DeviceDetails>
{
    public override void Configure()
    {
        Post("iot-device/{id}/certificate/renew");
        Policies(Role.Read);
    }

    public override async Task<DeviceDetails> ExecuteAsync(RenewCertificateRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.CertificateDeviceAsync(id, caller, ct);
        var now = clock.GetUtcNow();
        var until = now + (request.OverlapDays is { } days ? TimeSpan.FromDays(days) : options.Value.CertificateOverlap);
        var former = await db.IssuedCertificates
            .Where(c => c.DeviceId == id && c.NotAfter > now && (c.RevokedAt == null || c.RevokedAt > until)).ToListAsync(ct);
        former.ForEach(c => c.RevokedAt = until);
        await network.IssueAsync(device, ct);
        db.SyncChanges.Add(MosquittoChanges.OfTrust(until));
        await db.SaveChangesAsync(ct);
        return await reader.FindAsync(id, ct) ?? throw Refusal.NotFound();
    }
}
