using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Applications;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Organizations;

/// <summary>The organizations whose users the caller manages, with their applications.</summary>
internal sealed class ListOrganizations(AppDbContext db, Caller caller) : Endpoint<ListQuery, ListResponse<OrganizationWithApplications>>
{
    private static readonly SortOrders<Organization> Orders = new SortOrders<Organization>(o => o.Id).Add("name", o => o.Name);

    public override void Configure()
    {
        Get("organization");
        Policies(Role.UserAdmin);
    }

    public override Task<ListResponse<OrganizationWithApplications>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var mine = caller.UserAdminOrganizations;
        var organizations = db.Organizations.AsNoTracking().AsSplitQuery();
        return Orders.ListAsync(
            caller.IsGlobalAdmin ? organizations : organizations.Where(o => mine.Contains(o.Id)),
            list,
            o => new OrganizationWithApplications(
                o,
                o.Applications.OrderBy(a => a.Id).Select(a => new ApplicationCore(a, a.Permissions.OrderBy(p => p.Id).Select(p => p.Id).ToList())).ToList()),
            ct);
    }
}
