using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.GenericHttp;

internal sealed record ApiKeyResponse(string ApiKey);

/// <summary>Replaces the key of a device that posts to us.</summary>
internal sealed class ResetHttpDeviceApiKey(AppDbContext db, Caller caller, GenericHttpNetwork network) : EndpointWithoutRequest<ApiKeyResponse>
{
    public override void Configure()
    {
        Put("iot-device/resetHttpDeviceApiKey/{id}");
        Policies(Role.Read);
    }

    public override async Task<ApiKeyResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var device = await db.Devices.WritableBy(caller).SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw await db.Devices.MissingAsync(id, null, ct);
        if (device is not GenericHttpDevice http)
        {
            throw Refusal.BadRequest("The requested device is not a generic HTTP device");
        }

        var key = network.ResetKey(http);
        await db.SaveChangesAsync(ct);
        return new ApiKeyResponse(key);
    }
}
