using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.OpenDataDk;

/// <summary>Notes that Open Data DK knows of an organization's catalogue.</summary>
internal sealed class UpdateOpenDataDkRegistered(AppDbContext db, Caller caller) : EndpointWithoutRequest<bool>
{
    public override void Configure()
    {
        Put("data-target/updateOpenDataDkRegistered/{id}");
        Policies(Role.Read);
    }

    public override async Task<bool> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == id, ct) ?? throw Refusal.NotFound();
        if (!caller.WritesOrganization(id))
        {
            throw Refusal.Forbidden();
        }

        organization.OpenDataDkRegistered = true;
        await db.SaveChangesAsync(ct);
        return true;
    }
}
