using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Applications;

/// <summary>Removes an application with its devices, targets and history.</summary>
[RefusesWith(StatusCodes.Status409Conflict)]
internal sealed class DeleteApplication(AppDbContext db, Caller caller, ChirpStackSaves saves) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("application/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var application = await db.Applications.WritableBy(caller).SingleOrDefaultAsync(a => a.Id == id, ct)
            ?? throw (caller.IsGlobalAdmin ? Refusal.NotFound() : Refusal.Forbidden());
        return await db.Devices.AnyAsync(d => d.ApplicationId == id && d.Type == DeviceType.Sigfox, ct)
            ? throw Refusal.Conflict(ErrorCodes.DeleteNotAllowedHasSigfoxDevice)
            : await db.RemoveAndSaveAsync(application, saves, ct);
    }
}
