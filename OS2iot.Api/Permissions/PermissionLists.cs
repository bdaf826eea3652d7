using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Permissions;

internal static class PermissionLists
{
    public static Task<List<PermissionCore>> ListCoresAsync(this IQueryable<Permission> permissions, CancellationToken ct) =>
        permissions.AsNoTracking().AsSplitQuery().OrderBy(p => p.Id)
            .Select(p => new PermissionCore(p, p.Applications.Select(a => a.Id).ToList())).ToListAsync(ct);

    public static async Task<List<PermissionWithUsers>> ListWithUsersAsync(this IQueryable<Permission> permissions, CancellationToken ct)
    {
        var rows = await permissions.AsNoTracking().AsSplitQuery()
            .Include(p => p.Organization).Include(p => p.Types.OrderBy(t => t.Id)).Include(p => p.Users.OrderBy(u => u.Id)).OrderBy(p => p.Id)
            .Select(p => new { Permission = p, ApplicationIds = p.Applications.Select(a => a.Id).ToList() })
            .ToListAsync(ct);
        return [.. rows.Select(r => new PermissionWithUsers(r.Permission, r.ApplicationIds, r.Permission.Users))];
    }
}
