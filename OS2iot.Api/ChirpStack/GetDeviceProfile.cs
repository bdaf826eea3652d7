using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

/// <summary>One LoRaWAN device profile.</summary>
internal sealed class GetDeviceProfile(AppDbContext db, Caller caller) : EndpointWithoutRequest<DeviceProfileResponse>
{
    public override void Configure()
    {
        Get("chirpstack/device-profiles/{id}");
        Policies(Role.Read);
    }

    public override async Task<DeviceProfileResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteProfileId(ErrorCodes.IdDoesNotExist);
        var profile = await db.DeviceProfiles.AsNoTracking().VisibleTo(caller).SingleOrDefaultAsync(p => p.Id == id, ct)
            ?? throw await db.DeviceProfiles.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
        return DeviceProfileResponse.From(profile);
    }
}
