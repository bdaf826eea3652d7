using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;

namespace OS2iot.Api.Organizations;

/// <summary>Renames an organization.</summary>
internal sealed class UpdateOrganization(AppDbContext db, TimeProvider clock) : Endpoint<OrganizationRequest, OrganizationDetails>
{
    public override void Configure()
    {
        Put("organization/{id}");
        Policies(Role.GlobalAdmin);
    }

    public override async Task<OrganizationDetails> ExecuteAsync(OrganizationRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == id, ct) ?? throw Refusal.NotFound();
        organization.Name = request.Name;
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.BadRequest(ErrorCodes.OrganizationAlreadyExists);
        }

        return await db.Organizations.FindDetailsAsync(id, clock, ct) ?? throw Refusal.NotFound();
    }
}
