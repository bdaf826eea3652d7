using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DeviceModels;

/// <summary>Replaces the description of a device model.</summary>
internal sealed class UpdateDeviceModel(AppDbContext db, Caller caller) : Endpoint<UpdateDeviceModelRequest, DeviceModelDetails>
{
    public override void Configure()
    {
        Put("device-model/{id}");
        Policies(Role.Read);
    }

    public override async Task<DeviceModelDetails> ExecuteAsync(UpdateDeviceModelRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var model = await db.DeviceModels.WritableBy(caller).Include(m => m.Organization).SingleOrDefaultAsync(m => m.Id == id, ct)
            ?? throw await db.DeviceModels.MissingAsync(id, ct);
        DeviceModelBody.ThrowIfInvalid(request.Body);
        model.Body = request.Body.GetRawText();
        await db.SaveChangesAsync(ct);
        return new DeviceModelDetails(model, model.Organization);
    }
}
