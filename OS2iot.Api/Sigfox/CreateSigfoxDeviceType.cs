using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;

namespace OS2iot.Api.Sigfox;

/// <param name="Id">At Sigfox.</param>
internal sealed record SigfoxIdResponse(string Id);

/// <summary>Adds a device type to a group at Sigfox.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class CreateSigfoxDeviceType(AppDbContext db, SigfoxAccess access) : Endpoint<SigfoxDeviceTypeRequest, SigfoxIdResponse>
{
    public override void Configure()
    {
        Post("sigfox-device-type");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<SigfoxIdResponse> ExecuteAsync(SigfoxDeviceTypeRequest request, CancellationToken ct)
    {
        var group = await access.WritableGroupAsync(request.GroupId, ErrorCodes.IdDoesNotExist, ct);
        var id = await access.AskAsync(
            group, (sigfox, login, groupId) => sigfox.CreateDeviceTypeAsync(login, groupId, request.ToSettings(), ct), ct);
        await db.WriteAuditAsync([SigfoxDeviceTypeAudit.Of(AuditActions.Create, id, group, request)], ct: ct);
        return new SigfoxIdResponse(id);
    }
}
