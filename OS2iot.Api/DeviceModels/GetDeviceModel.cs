using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DeviceModels;

/// <summary>One device model.</summary>
internal sealed class GetDeviceModel(AppDbContext db, Caller caller) : EndpointWithoutRequest<DeviceModelRow>
{
    public override void Configure()
    {
        Get("device-model/{id}");
        Policies(Role.Read);
    }

    public override async Task<DeviceModelRow> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var model = await db.DeviceModels.AsNoTracking().VisibleTo(caller).SingleOrDefaultAsync(m => m.Id == id, ct)
            ?? throw await db.DeviceModels.MissingAsync(id, ct);
        return new DeviceModelRow(model);
    }
}
