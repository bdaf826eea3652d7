using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;

namespace OS2iot.Api.Devices;

/// <summary>One device with its newest message.</summary>
internal sealed class GetDevice(AppDbContext db, DeviceReader reader) : EndpointWithoutRequest<DeviceDetails>
{
    public override void Configure()
    {
        Get("iot-device/{id}");
        Policies(Role.Read);
    }

    public override async Task<DeviceDetails> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return await reader.FindAsync(id, ct) ?? throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
    }
}
