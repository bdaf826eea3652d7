using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Applications;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;

namespace OS2iot.Api.Permissions;

/// <summary>The applications that a user group opens, with their devices.</summary>
internal sealed class ListPermissionApplications(AppDbContext db, PermissionReader reader, ApplicationDevices devices)
    : Endpoint<ListQuery, ListResponse<ApplicationListItem>>
{
    private static readonly SortOrders<Application> Orders = new SortOrders<Application>(a => a.Id) { UnknownFollowsSort = true }
        .Add("name", a => a.Name)
        .Add("updatedAt", a => a.UpdatedAt);

    public override void Configure()
    {
        Get("permission/{id}/applications");
        Policies(Role.SignedIn);
    }

    public override async Task<ListResponse<ApplicationListItem>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var id = await reader.CheckVisibleAsync(HttpContext.RouteId(), ct);
        var applications = db.Applications.AsNoTracking().Where(a => a.Permissions.Any(p => p.Id == id));
        var rows = await Orders.Page(applications, list).AsSplitQuery()
            .Select(a => new { Application = a, PermissionIds = a.Permissions.OrderBy(p => p.Id).Select(p => p.Id).ToList() }).ToListAsync(ct);
        var devicesOf = await devices.OfAsync(rows.Select(r => r.Application), ct);
        return new ListResponse<ApplicationListItem>(
            [.. rows.Select(r => new ApplicationListItem(
                r.Application, r.PermissionIds, devicesOf.GetValueOrDefault(r.Application.Id) ?? DevicesUnderApplication.None))],
            await applications.CountAsync(ct));
    }
}
