using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

/// <summary>Removes a device with its history. Connections stay, even without devices.</summary>
internal sealed class DeleteDevice(AppDbContext db, Caller caller, ChirpStackSaves saves) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("iot-device/{id}");
        Policies(Role.Read);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.Devices.WritableBy(caller).SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw await db.Devices.MissingAsync(id, notFound: null, ct);
        return await db.RemoveAndSaveAsync(device, saves, ct);
    }
}
