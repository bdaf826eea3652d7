using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ApiKeys;

/// <summary>The one organization that the caller's API key reads in.</summary>
internal sealed class GetApiKeyOrganization(AppDbContext db, Caller caller) : EndpointWithoutRequest<OrganizationCore>
{
    public override void Configure()
    {
        Get("api-key-info/organization");
        Policies(Role.ApiKey);
    }

    public override async Task<OrganizationCore> ExecuteAsync(CancellationToken ct)
    {
        if (caller.ReadOrganizations is not [var id])
        {
            throw Refusal.BadRequestBare();
        }

        return new OrganizationCore(await db.Organizations.AsNoTracking().SingleAsync(o => o.Id == id, ct));
    }
}
