using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Sigfox;

/// <summary>The Sigfox groups of an organization. Without an answer from Sigfox they are shown without what it would tell.</summary>
internal sealed class ListSigfoxGroups(AppDbContext db, Caller caller, SigfoxAccess access)
    : Endpoint<ListSigfoxGroupsRequest, ListResponse<SigfoxGroupResponse>>
{
    public override void Configure()
    {
        Get("sigfox-group");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<SigfoxGroupResponse>> ExecuteAsync(ListSigfoxGroupsRequest request, CancellationToken ct)
    {
        if (!caller.ReadsOrganization(request.OrganizationId))
        {
            throw Refusal.Forbidden();
        }

        var groups = await db.SigfoxGroups.VisibleTo(caller).Where(g => g.OrganizationId == request.OrganizationId)
            .Include(g => g.Organization).OrderBy(g => g.Id).ToListAsync(ct);
        var found = await access.TryFindGroupsAsync(groups, ct);
        return new ListResponse<SigfoxGroupResponse>([.. groups.Select(g => new SigfoxGroupResponse(g, found[g.Id]))], groups.Count);
    }
}
