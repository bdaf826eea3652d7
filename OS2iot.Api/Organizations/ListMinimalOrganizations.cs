using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;

namespace OS2iot.Api.Organizations;

/// <summary>The names of all organizations. Clients show them beside what organizations share.</summary>
internal sealed class ListMinimalOrganizations(AppDbContext db) : EndpointWithoutRequest<ListResponse<MinimalOrganization>>
{
    public override void Configure()
    {
        Get("organization/minimal");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<MinimalOrganization>> ExecuteAsync(CancellationToken ct)
    {
        var organizations = await db.Organizations.OrderBy(o => o.Id).Select(o => new MinimalOrganization(o.Id, o.Name)).ToListAsync(ct);
        return new ListResponse<MinimalOrganization>(organizations, organizations.Count);
    }
}
