using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Permissions;

internal sealed class ListPermissionsQuery : ListQuery
{
    /// <summary>Spelled as clients spell it.</summary>
    public int? OrganisationId { get; private set; }

    /// <summary>Only groups with this user, of whose users only this one is shown.</summary>
    public int? UserId { get; private set; }

    public override void Read(QueryReader query)
    {
        base.Read(query);
        OrganisationId = query.Number("organisationId");
        UserId = query.Number("userId");
    }
}

/// <summary>The user groups of the organizations whose users the caller manages.</summary>
internal sealed class ListPermissions(AppDbContext db, Caller caller) : Endpoint<ListPermissionsQuery, ListResponse<PermissionWithUsers>>
{
    private static readonly SortOrders<Permission> Orders = new SortOrders<Permission>(p => p.Id) { UnknownFollowsSort = true }
        .Add("name", p => p.Name)
        .Add("type", p => p.Types.Min(t => t.Type))
        .Add("organisations", p => p.Organization!.Name);

    public override void Configure()
    {
        Get("permission");
        Policies(Role.SignedIn);
    }

    public override async Task<ListResponse<PermissionWithUsers>> ExecuteAsync(ListPermissionsQuery list, CancellationToken ct)
    {
        var permissions = db.Permissions.AsNoTracking().VisibleTo(caller);
        if (list.OrganisationId is { } organizationId)
        {
            permissions = caller.AdministersUsersOf(organizationId)
                ? permissions.Where(p => p.OrganizationId == organizationId)
                : throw Refusal.Forbidden();
        }

        var userId = list.UserId;
        permissions = userId is null ? permissions : permissions.Where(p => p.Users.Any(u => u.Id == userId));
        var rows = await Orders.Page(permissions, list).AsSplitQuery()
            .Include(p => p.Organization).Include(p => p.Types.OrderBy(t => t.Id))
            .Include(p => p.Users.Where(u => userId == null || u.Id == userId).OrderBy(u => u.Id))
            .Select(p => new { Permission = p, ApplicationIds = p.Applications.Select(a => a.Id).ToList() })
            .ToListAsync(ct);
        return new ListResponse<PermissionWithUsers>(
            [.. rows.Select(r => new PermissionWithUsers(r.Permission, r.ApplicationIds, r.Permission.Users))],
            await permissions.CountAsync(ct));
    }
}
