using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Permissions;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>The users whom the caller manages, with their groups. The system users of API keys are left out.</summary>
internal sealed class ListUsers(AppDbContext db, Caller caller) : Endpoint<ListQuery, ListResponse<UserListItem>>
{
    private static readonly SortOrders<User> Orders = new SortOrders<User>(u => u.Id)
        .Add("name", u => u.Name)
        .Add("lastLogin", u => u.LastLogin);

    public override void Configure()
    {
        Get("user");
        Policies(Role.UserAdmin);
    }

    public override async Task<ListResponse<UserListItem>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var users = db.Users.AsNoTracking().VisibleTo(caller).Where(u => !u.IsSystemUser);
        var page = await Orders.Page(users, list).ToListAsync(ct);
        var ids = page.ConvertAll(u => u.Id);
        var groups = await db.Permissions.AsNoTracking().AsSplitQuery().VisibleTo(caller).Where(p => p.Users.Any(u => ids.Contains(u.Id)))
            .Include(p => p.Types.OrderBy(t => t.Id)).OrderBy(p => p.Id)
            .Select(p => new
            {
                Permission = p,
                ApplicationIds = p.Applications.Select(a => a.Id).ToList(),
                UserIds = p.Users.Where(u => ids.Contains(u.Id)).Select(u => u.Id).ToList(),
            })
            .ToListAsync(ct);
        var byUser = groups.SelectMany(g => g.UserIds, (g, userId) => (userId, Group: new PermissionWithTypes(g.Permission, g.ApplicationIds, g.Permission.Types)))
            .ToLookup(g => g.userId, g => g.Group);
        return new ListResponse<UserListItem>([.. page.Select(u => new UserListItem(u, [.. byUser[u.Id]]))], await users.CountAsync(ct));
    }
}
