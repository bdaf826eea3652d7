using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;

namespace OS2iot.Api.Sigfox;

/// <summary>Changes a device type at Sigfox.</summary>
[SucceedsWith(StatusCodes.Status204NoContent)]
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class UpdateSigfoxDeviceType(AppDbContext db, SigfoxAccess access) : Endpoint<SigfoxDeviceTypeRequest>
{
    public override void Configure()
    {
        Put("sigfox-device-type/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task HandleAsync(SigfoxDeviceTypeRequest request, CancellationToken ct)
    {
        var group = await access.WritableGroupAsync(request.GroupId, ErrorCodes.IdDoesNotExist, ct);
        var id = HttpContext.RouteDeviceTypeId();
        await access.AskAsync(group, (sigfox, login, _) => sigfox.UpdateDeviceTypeAsync(login, id, request.ToSettings(), ct), ct);
        await db.WriteAuditAsync([SigfoxDeviceTypeAudit.Of(AuditActions.Update, id, group, request)], ct: ct);
        await Send.NoContentAsync(ct);
    }
}
