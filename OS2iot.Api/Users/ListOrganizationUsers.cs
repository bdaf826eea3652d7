using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>The users of one organization. One that the caller does not manage answers as a missing one.</summary>
internal sealed class ListOrganizationUsers(AppDbContext db, Caller caller) : Endpoint<ListQuery, ListResponse<UserCore>>
{
    private static readonly SortOrders<User> Orders = new SortOrders<User>(u => u.Id) { UnknownFollowsSort = true }.Add("name", u => u.Name);

    public override void Configure()
    {
        Get("user/organizationUsers/{organizationId}");
        Policies(Role.UserAdmin);
    }

    public override async Task<ListResponse<UserCore>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId("organizationId");
        return caller.AdministersUsersOf(id)
            ? await Orders.ListAsync(db.Users.AsNoTracking().Where(u => u.Permissions.Any(p => p.OrganizationId == id)), list, u => new UserCore(u), ct)
            : throw Refusal.NotFound();
    }
}
