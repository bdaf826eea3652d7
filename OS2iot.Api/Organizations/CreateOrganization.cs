using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Permissions;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Organizations;

/// <summary>Adds an organization with the user groups that each one starts with.</summary>
internal sealed class CreateOrganization(AppDbContext db) : Endpoint<OrganizationRequest, OrganizationDetails>
{
    public override void Configure()
    {
        Post("organization");
        Policies(Role.GlobalAdmin);
    }

    public override async Task<OrganizationDetails> ExecuteAsync(OrganizationRequest request, CancellationToken ct)
    {
        var organization = new Organization { Name = request.Name };
        organization.AddDefaultPermissions();
        db.Organizations.Add(organization);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.BadRequest(ErrorCodes.OrganizationAlreadyExists);
        }

        return new OrganizationDetails(organization, [.. organization.Permissions.Select(p => new PermissionCore(p, []))], messagesToday: 0);
    }
}
