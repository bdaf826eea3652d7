using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>Asks for a look at a device type's callbacks at Sigfox, and for their repair, which begin within seconds.</summary>
[SucceedsWith(StatusCodes.Status204NoContent)]
internal sealed class CheckSigfoxCallbacks(AppDbContext db, SigfoxAccess access) : Endpoint<OfSigfoxGroupRequest>
{
    public override void Configure()
    {
        Post("sigfox-device-type/{id}/callbacks/check");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task HandleAsync(OfSigfoxGroupRequest request, CancellationToken ct)
    {
        var group = await access.WritableGroupAsync(request.GroupId, ErrorCodes.IdDoesNotExist, ct);
        var id = HttpContext.RouteDeviceTypeId().ToLowerInvariant();
        var type = await db.SigfoxDeviceTypes.UsedBy(group, db).SingleOrDefaultAsync(t => t.SigfoxId == id, ct) ?? throw Refusal.NotFound();

        // What Sigfox would not have is offered again.
        type.CallbacksRefusedAt = null;
        db.SyncChanges.Add(SigfoxChanges.OfDeviceType(id, group.OrganizationId));
        await db.SaveChangesAsync(ct);
        await Send.NoContentAsync(ct);
    }
}
