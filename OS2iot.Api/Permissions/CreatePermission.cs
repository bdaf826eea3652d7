using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Permissions;

/// <summary>Adds a user group to an organization whose users the caller manages.</summary>
internal sealed class CreatePermission(AppDbContext db, Caller caller, PermissionChanges changes, PermissionReader reader)
    : Endpoint<CreatePermissionRequest, PermissionDetails>
{
    public override void Configure()
    {
        Post("permission");
        Policies(Role.UserAdmin);
    }

    public override async Task<PermissionDetails> ExecuteAsync(CreatePermissionRequest request, CancellationToken ct)
    {
        if (!caller.AdministersUsersOf(request.OrganizationId))
        {
            throw Refusal.Forbidden();
        }

        if (!await db.Organizations.AnyAsync(o => o.Id == request.OrganizationId, ct))
        {
            throw Refusal.BadRequest(ErrorCodes.OrganizationDoesNotExist);
        }

        var permission = new Permission
        {
            Name = request.Name,
            OrganizationId = request.OrganizationId,
            AutomaticallyAddNewApplications = request.AutomaticallyAddNewApplications.Or(false),
        };
        permission.Types.AddRange(request.Levels.Select(l => new PermissionTypeEntry { Type = Enum.Parse<PermissionType>(l.Type) }));
        await changes.SetUsersAsync(permission, request.UserIds ?? [], ct);
        await changes.SetApplicationsAsync(permission, request.ApplicationIds ?? [], ct);
        db.Permissions.Add(permission);
        await db.SaveChangesAsync(ct);
        return await reader.FindAsync(permission.Id, ct) ?? throw Refusal.NotFound(null);
    }
}
