using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Users;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.AccessRequests;

/// <summary>Who waits for an organization whose users the caller manages.</summary>
internal sealed class ListAwaitingUsers(AppDbContext db, Caller caller) : Endpoint<ListQuery, ListResponse<AwaitingUser>>
{
    public override void Configure()
    {
        Get("user/awaitingUsers");
        Policies(Role.UserAdmin);
    }

    public override Task<ListResponse<AwaitingUser>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var mine = caller.UserAdminOrganizations;
        return db.Organizations.Where(o => caller.IsGlobalAdmin || mine.Contains(o.Id)).ListAwaitingAsync(db, list, ct);
    }
}

/// <summary>Who waits for one organization.</summary>
internal sealed class ListAwaitingUsersOfOrganization(AppDbContext db, Caller caller) : Endpoint<ListQuery, ListResponse<AwaitingUser>>
{
    public override void Configure()
    {
        Get("user/awaitingUsers/{organizationId}");
        Policies(Role.UserAdmin);
    }

    public override Task<ListResponse<AwaitingUser>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId("organizationId");
        return caller.AdministersUsersOf(id)
            ? db.Organizations.Where(o => o.Id == id).ListAwaitingAsync(db, list, ct)
            : throw Refusal.Forbidden();
    }
}

internal static class AwaitingExtensions
{
    private static readonly SortOrders<User> Orders = new SortOrders<User>(u => u.Id) { UnknownFollowsSort = true }.Add("name", u => u.Name);

    /// <summary>Shows of a user's wishes only those for the given organizations.</summary>
    public static Task<ListResponse<AwaitingUser>> ListAwaitingAsync(
        this IQueryable<Organization> organizations, AppDbContext db, ListQuery list, CancellationToken ct) =>
        Orders.ListAsync(
            db.Users.AsNoTracking().AsSplitQuery().Where(u => u.RequestedOrganizations.Any(o => organizations.Any(m => m.Id == o.Id))),
            list,
            u => new AwaitingUser(
                u,
                u.RequestedOrganizations.Where(o => organizations.Any(m => m.Id == o.Id)).OrderBy(o => o.Id)
                    .Select(o => new RequestedOrganization(o.Id)).ToList()),
            ct);
}
