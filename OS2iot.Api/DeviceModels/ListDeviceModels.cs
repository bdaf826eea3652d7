using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DeviceModels;

internal sealed class ListDeviceModelsQuery : ListQuery
{
    public int? OrganizationId { get; private set; }

    public override void Read(QueryReader query)
    {
        base.Read(query);
        OrganizationId = query.Number("organizationId");
    }
}

/// <summary>The device models of the organizations that the caller reads, or of one of them.</summary>
internal sealed class ListDeviceModels(AppDbContext db, Caller caller) : Endpoint<ListDeviceModelsQuery, ListResponse<DeviceModelCore>>
{
    private static readonly SortOrders<DeviceModel> Orders = new(m => m.Id);

    public override void Configure()
    {
        Get("device-model");
        Policies(Role.Read);
    }

    public override Task<ListResponse<DeviceModelCore>> ExecuteAsync(ListDeviceModelsQuery list, CancellationToken ct)
    {
        var models = db.DeviceModels.AsNoTracking().VisibleTo(caller);
        if (list.OrganizationId is { } organizationId)
        {
            models = caller.ReadsOrganization(organizationId)
                ? models.Where(m => m.OrganizationId == organizationId)
                : throw Refusal.Forbidden();
        }

        return Orders.ListAsync(models, list, m => new DeviceModelCore(m), ct);
    }
}
