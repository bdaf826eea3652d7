using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

/// <summary>Removes a device with its history. Connections stay, even without devices.</summary>
internal sealed class DeleteDevice(AppDbContext db, Caller caller) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("iot-device/{id}");
        Policies(Role.Read);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return await db.Devices.WritableBy(caller).Where(d => d.Id == id).ExecuteDeleteAsync(ct) == 0
            ? throw await db.Devices.MissingAsync(id, notFound: null, ct)
            : AffectedResponse.One;
    }
}
