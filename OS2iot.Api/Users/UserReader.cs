using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Organizations;
using OS2iot.Api.Permissions;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>
/// Reads users as they are shown. Of their groups only those are shown that the caller may know of: a user of several organizations
/// is no window from one into another.
/// </summary>
internal sealed class UserReader(AppDbContext db, Caller caller)
{
    /// <param name="users">Among whom.</param>
    /// <param name="id">Whom.</param>
    /// <param name="extended">With users, types and organization of each group.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<UserDetails?> FindAsync(IQueryable<User> users, int id, bool extended, CancellationToken ct)
    {
        var user = await users.AsNoTracking().AsSplitQuery().Include(u => u.RequestedOrganizations.OrderBy(o => o.Id))
            .OrderBy(u => u.Id).SingleOrDefaultAsync(u => u.Id == id && !u.IsSystemUser, ct);
        if (user is null)
        {
            return null;
        }

        var groups = (id == caller.UserId ? db.Permissions : db.Permissions.VisibleTo(caller)).Where(p => p.Users.Any(u => u.Id == id));
        return new UserDetails(
            user,
            extended ? await groups.ListWithUsersAsync(ct) : await groups.ListCoresAsync(ct),
            [.. user.RequestedOrganizations.Where(o => id == caller.UserId || caller.AdministersUsersOf(o.Id)).Select(o => new OrganizationCore(o))]);
    }
}
