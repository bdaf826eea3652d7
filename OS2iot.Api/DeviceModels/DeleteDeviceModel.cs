using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DeviceModels;

/// <summary>Removes a device model that no device is of.</summary>
internal sealed class DeleteDeviceModel(AppDbContext db, Caller caller) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("device-model/{id}");
        Policies(Role.Read);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var model = await db.DeviceModels.WritableBy(caller).SingleOrDefaultAsync(m => m.Id == id, ct)
            ?? throw await db.DeviceModels.MissingAsync(id, ct);
        try
        {
            return await db.RemoveAndSaveAsync(model, ct);
        }
        catch (DbUpdateException exception) when (exception.IsBrokenReference())
        {
            throw Refusal.BadRequest(ErrorCodes.DeleteNotAllowedItemIsInUse);
        }
    }
}
