using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Http;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Applications;

internal sealed class ListApplicationsQuery : ListQuery
{
    public int? OrganizationId { get; private set; }

    // Drop-down lists ask for everything by sending null.
    protected override int NullLimit => 10_000;

    public override void Read(QueryReader query)
    {
        base.Read(query);
        OrganizationId = query.Number("organizationId");
        query.Number("permissionId");
    }
}

/// <summary>The applications that the caller may read, of one organization or of all.</summary>
[Answers(typeof(ListResponse<ApplicationAdminListItem>))]
internal sealed class ListApplications(AppDbContext db, Caller caller, ApplicationDevices devices)
    : Endpoint<ListApplicationsQuery, ListResponse<object>>
{
    private static readonly SortOrders<Application> Orders = new SortOrders<Application>(a => a.Id)
        .Add("name", a => a.Name)
        .Add("updatedAt", a => a.UpdatedAt)
        .Add("status", a => a.Status)
        .Add("startDate", a => a.StartDate)
        .Add("endDate", a => a.EndDate)
        .Add("owner", a => a.Owner)
        .Add("contactPerson", a => a.ContactPerson)
        .Add("personalData", a => a.PersonalData)
        .Add("openDataDkEnabled", a => !a.DataTargets.Any(t => t.Type == "OPENDATADK"))
        .Add("devices", a => a.DeviceCount)
        .Add("dataTargets", a => a.DataTargets.Count);

    public override void Configure()
    {
        Get("application");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<object>> ExecuteAsync(ListApplicationsQuery list, CancellationToken ct)
    {
        var applications = db.Applications.AsNoTracking().VisibleTo(caller);
        if (list.OrganizationId is { } organizationId)
        {
            if (!caller.ReadsOrganization(organizationId))
            {
                throw Refusal.Forbidden();
            }

            applications = applications.Where(a => a.OrganizationId == organizationId);
        }

        var forAdmins = caller.IsGlobalAdmin || (list.OrganizationId is { } id && caller.AdministersUsersOf(id));
        var count = await applications.CountAsync(ct);
        var rows = await Read(Orders.Page(applications, list), forAdmins).ToListAsync(ct);
        var devicesOf = await devices.OfAsync(rows.Select(r => r.Application), ct);
        return new ListResponse<object>(
            [.. rows.Select(row => ToItem(row, devicesOf.GetValueOrDefault(row.Application.Id, DevicesUnderApplication.None), forAdmins))], count);
    }

    private static IQueryable<Row> Read(IQueryable<Application> page, bool forAdmins)
    {
        page = page.AsSplitQuery();
        if (forAdmins)
        {
            page = page.Include(a => a.DataTargets.OrderBy(t => t.Id))
                .Include(a => a.ControlledProperties.OrderBy(p => p.Id)).Include(a => a.DeviceTypes.OrderBy(t => t.Id));
        }

        return page.Select(a => new Row(a, a.Permissions.OrderBy(p => p.Id).Select(p => p.Id).ToList()));
    }

    private static ApplicationListItem ToItem(Row row, DevicesUnderApplication devices, bool forAdmins) => forAdmins
        ? new ApplicationAdminListItem(row.Application, row.PermissionIds, devices, [.. row.Application.DataTargets.Select(DataTargetShapes.Core)])
        : new ApplicationListItem(row.Application, row.PermissionIds, devices);

    private sealed record Row(Application Application, List<int> PermissionIds);
}
