using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

/// <summary>Changes a LoRaWAN device profile. Whose it is stays, whatever the body says.</summary>
[SucceedsWith(StatusCodes.Status204NoContent)]
internal sealed class UpdateDeviceProfile(AppDbContext db, Caller caller, ChirpStackSaves saves) : Endpoint<UpdateDeviceProfileRequest>
{
    public override void Configure()
    {
        Put("chirpstack/device-profiles/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task HandleAsync(UpdateDeviceProfileRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteProfileId(notFound: null);
        var profile = await db.DeviceProfiles.WritableBy(caller).SingleOrDefaultAsync(p => p.Id == id, ct)
            ?? throw await db.DeviceProfiles.MissingAsync(id, notFound: null, ct);
        request.DeviceProfile.ApplyTo(profile);
        await saves.SaveProfileAsync(ct);
        await Send.NoContentAsync(ct);
    }
}
