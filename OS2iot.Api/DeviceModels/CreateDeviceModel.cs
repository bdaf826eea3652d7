using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DeviceModels;

/// <summary>Adds a device model to an organization.</summary>
internal sealed class CreateDeviceModel(AppDbContext db, Caller caller) : Endpoint<CreateDeviceModelRequest, DeviceModelDetails>
{
    public override void Configure()
    {
        Post("device-model");
        Policies(Role.Read);
    }

    public override async Task<DeviceModelDetails> ExecuteAsync(CreateDeviceModelRequest request, CancellationToken ct)
    {
        if (!caller.WritesOrganization(request.BelongsToId))
        {
            throw Refusal.Forbidden();
        }

        DeviceModelBody.ThrowIfInvalid(request.Body);
        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == request.BelongsToId, ct)
            ?? throw Refusal.BadRequest(ErrorCodes.OrganizationDoesNotExist);
        var model = new DeviceModel { Body = request.Body.GetRawText(), OrganizationId = organization.Id, Organization = organization };
        db.DeviceModels.Add(model);
        await db.SaveChangesAsync(ct);
        return new DeviceModelDetails(model, model.Organization);
    }
}
