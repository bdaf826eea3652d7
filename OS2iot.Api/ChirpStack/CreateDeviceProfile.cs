using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

/// <summary>Adds a LoRaWAN device profile to an organization.</summary>
internal sealed class CreateDeviceProfile(AppDbContext db, Caller caller, ChirpStackSaves saves)
    : Endpoint<CreateDeviceProfileRequest, DeviceProfileCreatedResponse>
{
    public override void Configure()
    {
        Post("chirpstack/device-profiles");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<DeviceProfileCreatedResponse> ExecuteAsync(CreateDeviceProfileRequest request, CancellationToken ct)
    {
        if (!caller.WritesOrganization(request.InternalOrganizationId))
        {
            throw Refusal.Forbidden();
        }

        if (!await db.Organizations.AnyAsync(o => o.Id == request.InternalOrganizationId, ct))
        {
            throw Refusal.BadRequest(ErrorCodes.OrganizationDoesNotExist);
        }

        var profile = new DeviceProfile
        {
            Id = Guid.NewGuid(),
            Name = request.DeviceProfile.Name,
            OrganizationId = request.InternalOrganizationId,
        };
        request.DeviceProfile.ApplyTo(profile);
        db.DeviceProfiles.Add(profile);
        await saves.SaveProfileAsync(ct);
        return new DeviceProfileCreatedResponse(profile.Id);
    }
}
