using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

/// <summary>Removes a LoRaWAN device profile that no device uses.</summary>
[RefusesWith(StatusCodes.Status409Conflict)]
internal sealed class DeleteDeviceProfile(AppDbContext db, Caller caller, ChirpStackSaves saves) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("chirpstack/device-profiles/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteProfileId(notFound: null);
        var profile = await db.DeviceProfiles.WritableBy(caller).SingleOrDefaultAsync(p => p.Id == id, ct)
            ?? throw await db.DeviceProfiles.MissingAsync(id, notFound: null, ct);
        try
        {
            return await db.RemoveAndSaveAsync(profile, saves, ct);
        }
        catch (DbUpdateException exception) when (exception.IsBrokenReference())
        {
            throw Refusal.Conflict(ErrorCodes.DeleteNotAllowedHasLoRaWanDevice);
        }
    }
}
