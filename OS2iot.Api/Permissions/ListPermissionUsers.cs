using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Users;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Permissions;

/// <summary>The users of a user group.</summary>
internal sealed class ListPermissionUsers(AppDbContext db, PermissionReader reader) : Endpoint<ListQuery, ListResponse<UserCore>>
{
    private static readonly SortOrders<User> Orders = new SortOrders<User>(u => u.Id) { UnknownFollowsSort = true }.Add("name", u => u.Name);

    public override void Configure()
    {
        Get("permission/{id}/users");
        Policies(Role.SignedIn);
    }

    public override async Task<ListResponse<UserCore>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var id = await reader.CheckVisibleAsync(HttpContext.RouteId(), ct);
        return await Orders.ListAsync(db.Users.AsNoTracking().Where(u => u.Permissions.Any(p => p.Id == id)), list, u => new UserCore(u), ct);
    }
}
