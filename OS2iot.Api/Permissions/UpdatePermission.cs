using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Permissions;

/// <summary>Changes a user group's name, users and applications. What it gives never changes.</summary>
internal sealed class UpdatePermission(AppDbContext db, Caller caller, PermissionChanges changes, PermissionReader reader)
    : Endpoint<UpdatePermissionRequest, PermissionDetails>
{
    public override void Configure()
    {
        Put("permission/{id}");
        Policies(Role.UserAdmin);
    }

    public override async Task<PermissionDetails> ExecuteAsync(UpdatePermissionRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var permission = await db.Permissions.VisibleTo(caller).AsSplitQuery()
            .Include(p => p.Types).Include(p => p.Users).Include(p => p.Applications)
            .OrderBy(p => p.Id).SingleOrDefaultAsync(p => p.Id == id, ct) ?? throw await reader.MissingAsync(id, ct);
        permission.Name = request.Name;
        permission.AutomaticallyAddNewApplications = request.AutomaticallyAddNewApplications.Or(permission.AutomaticallyAddNewApplications);
        if (request.UserIds is { } users)
        {
            await changes.SetUsersAsync(permission, users, ct);
        }

        await changes.SetApplicationsAsync(permission, request.ApplicationIds ?? [], ct);
        PermissionChanges.CheckAdministratorsRemain(permission);
        await db.SaveChangesAsync(ct);
        return await reader.FindAsync(id, ct) ?? throw Refusal.NotFound(null);
    }
}
