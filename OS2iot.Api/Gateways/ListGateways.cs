using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Gateways;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Gateways;

internal sealed class ListGatewaysQuery : ListQuery
{
    public int? OrganizationId { get; private set; }

    // The map asks for everything by sending null.
    protected override int NullLimit => 10_000;

    public override void Read(QueryReader query)
    {
        base.Read(query);
        OrganizationId = query.Number("organizationId");
    }
}

/// <summary>The gateways of the caller's organizations, or of one of them.</summary>
internal sealed class ListGateways(AppDbContext db, Caller caller) : Endpoint<ListGatewaysQuery, GatewayListResponse>
{
    private static readonly SortOrders<Gateway> Orders = new SortOrders<Gateway>(g => g.Id)
        .Add("name", g => g.Name)
        .Add("gatewayId", g => g.GatewayId)
        .Add("organizationName", g => g.Organization!.Name)
        .Add("organizationId", g => g.OrganizationId)
        .Add("rxPacketsReceived", g => g.RxPacketsReceived)
        .Add("txPacketsEmitted", g => g.TxPacketsEmitted)
        .Add("tags", g => g.Tags)
        .Add("createdAt", g => g.CreatedAt)
        .Add("updatedAt", g => g.UpdatedAt)
        .Add("status", g => g.LastSeenAt, g => g.LastSeenAt != null)
        .Add("lastSeenAt", g => g.LastSeenAt, g => g.LastSeenAt != null)
        .Add("description", g => g.Description, g => g.Description != null)
        .Add("altitude", g => g.Altitude, g => g.Altitude != null)
        .Add("placement", g => g.Placement, g => g.Placement != null)
        .Add("modelName", g => g.ModelName, g => g.ModelName != null)
        .Add("antennaType", g => g.AntennaType, g => g.AntennaType != null);

    public override void Configure()
    {
        Get("chirpstack/gateway");
        Policies(Role.Read);
    }

    public override async Task<GatewayListResponse> ExecuteAsync(ListGatewaysQuery list, CancellationToken ct)
    {
        var gateways = db.Gateways.AsNoTracking().VisibleTo(caller);
        if (list.OrganizationId is { } organizationId)
        {
            if (!caller.SeesGatewaysOf(organizationId))
            {
                throw Refusal.Forbidden();
            }

            gateways = gateways.Where(g => g.OrganizationId == organizationId);
        }

        var found = await Orders.ListAsync(gateways, list, g => new GatewayResponse(g, g.Organization!), ct);
        return new GatewayListResponse(found.Data, found.Count);
    }
}
