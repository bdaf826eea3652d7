using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>Gives an organization access to a group at Sigfox; the login is tried first.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class CreateSigfoxGroup(AppDbContext db, Caller caller, SigfoxAccess access, SecretProtector protector)
    : Endpoint<CreateSigfoxGroupRequest, SigfoxGroupResponse>
{
    public override void Configure()
    {
        Post("sigfox-group");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<SigfoxGroupResponse> ExecuteAsync(CreateSigfoxGroupRequest request, CancellationToken ct)
    {
        if (!caller.WritesOrganization(request.OrganizationId))
        {
            throw Refusal.Forbidden();
        }

        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == request.OrganizationId, ct)
            ?? throw Refusal.BadRequest(ErrorCodes.OrganizationDoesNotExist);
        if (await db.SigfoxGroups.AnyAsync(g => g.OrganizationId == organization.Id && g.Username == request.Username, ct))
        {
            throw Refusal.BadRequest(ErrorCodes.SigfoxGroupExists);
        }

        var group = new SigfoxGroup
        {
            Username = request.Username,
            PasswordCiphertext = protector.Protect(request.Password),
            Organization = organization,
        };
        var found = await access.TryLoginAsync(group, request.Login, ct);
        db.SigfoxGroups.Add(group);
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
