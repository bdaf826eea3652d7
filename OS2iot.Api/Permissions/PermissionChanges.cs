using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Permissions;

/// <summary>Who and what may be put into a user group.</summary>
internal sealed class PermissionChanges(AppDbContext db, Caller caller)
{
    /// <summary>Replaces the group's users. Expects them to be loaded.</summary>
    /// <exception cref="Refusal">One of them is not there, or none of the caller's business.</exception>
    public async Task SetUsersAsync(Permission permission, int[] userIds, CancellationToken ct)
    {
        // Whoever is in the group already may stay, whoever put them there.
        var added = userIds.Distinct().Except(permission.Users.Select(u => u.Id)).ToList();
        var users = await db.Users.VisibleTo(caller).Where(u => added.Contains(u.Id) && !u.IsSystemUser).ToListAsync(ct);
        if (users.Count != added.Count)
        {
            throw Refusal.BadRequest(ErrorCodes.IdDoesNotExist);
        }

        permission.Users.RemoveAll(u => !userIds.Contains(u.Id));
        permission.Users.AddRange(users);
    }

    /// <summary>Replaces the applications that the group opens, where it opens any by name. Expects them to be loaded.</summary>
    /// <exception cref="Refusal">One of them is not the organization's.</exception>
    public async Task SetApplicationsAsync(Permission permission, int[] applicationIds, CancellationToken ct)
    {
        if (permission.OrganizationId is not { } organizationId || !OpensApplications(permission))
        {
            return;
        }

        var wanted = applicationIds.Distinct().ToList();
        var applications = await db.Applications.Where(a => wanted.Contains(a.Id) && a.OrganizationId == organizationId).ToListAsync(ct);
        if (applications.Count != wanted.Count)
        {
            throw Refusal.BadRequest(ErrorCodes.IdDoesNotExist);
        }

        permission.Applications.RemoveAll(a => !wanted.Contains(a.Id));
        permission.Applications.AddRange(applications.Except(permission.Applications).ToList<Application>());
    }

    /// <exception cref="Refusal">Nobody would be left who may do everything.</exception>
    public static void CheckAdministratorsRemain(Permission permission)
    {
        if (permission.Types.Any(t => t.Type == PermissionType.GlobalAdmin) && !permission.Users.Any(u => u.Active))
        {
            throw Refusal.BadRequest("The last active global administrator must stay one.");
        }
    }

    private static bool OpensApplications(Permission permission) =>
        permission.Types.Any(t => t.Type is PermissionType.Read or PermissionType.OrganizationApplicationAdmin);
}
