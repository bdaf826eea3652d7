using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.Sigfox;

/// <summary>Changes the login of a Sigfox group; the new one is tried first.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class UpdateSigfoxGroup(AppDbContext db, SigfoxAccess access, SecretProtector protector)
    : Endpoint<UpdateSigfoxGroupRequest, SigfoxGroupResponse>
{
    public override void Configure()
    {
        Put("sigfox-group/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<SigfoxGroupResponse> ExecuteAsync(UpdateSigfoxGroupRequest request, CancellationToken ct)
    {
        var group = await access.WritableGroupAsync(HttpContext.RouteId(), notFound: null, ct);
        var found = await access.TryLoginAsync(group, request.Login, ct);
        group.Username = request.Username;
        group.PasswordCiphertext = protector.Protect(request.Password);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.BadRequest(ErrorCodes.SigfoxGroupExists);
        }

        return new SigfoxGroupResponse(group, found);
    }
}
