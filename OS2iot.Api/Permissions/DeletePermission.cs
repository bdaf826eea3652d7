using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Permissions;

/// <summary>Removes a user group. Its users, API keys and applications stay, without what the group gave.</summary>
internal sealed class DeletePermission(AppDbContext db, Caller caller, PermissionReader reader) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("permission/{id}");
        Policies(Role.UserAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var permission = await db.Permissions.VisibleTo(caller).Include(p => p.Types).SingleOrDefaultAsync(p => p.Id == id, ct)
            ?? throw await reader.MissingAsync(id, ct);
        return permission.Types.Any(t => t.Type == PermissionType.GlobalAdmin)
            ? throw Refusal.BadRequest("You cannot delete GlobalAdmin")
            : await db.RemoveAndSaveAsync(permission, ct);
    }
}
