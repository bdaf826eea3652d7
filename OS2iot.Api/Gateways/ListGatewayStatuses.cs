using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Gateways;

internal sealed class ListGatewayStatusesQuery : GatewayStatusQuery
{
    public int? OrganizationId { get; private set; }

    public override void Read(QueryReader query)
    {
        base.Read(query);
        OrganizationId = query.Number("organizationId");
    }
}

/// <summary>How the gateways of the caller's organizations, or of one of them, came and went. Ordered by name.</summary>
internal sealed class ListGatewayStatuses(AppDbContext db, Caller caller, TimeProvider clock)
    : Endpoint<ListGatewayStatusesQuery, ListResponse<GatewayStatusResponse>>
{
    public override void Configure()
    {
        Get("lorawan/gateway/status");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<GatewayStatusResponse>> ExecuteAsync(ListGatewayStatusesQuery list, CancellationToken ct)
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

        var page = gateways.OrderBy(g => g.Name).ThenBy(g => g.Id).Skip(list.Offset).Take(list.Limit);
        return new ListResponse<GatewayStatusResponse>(
            await page.ReadHistoryAsync(clock.GetUtcNow() - list.Period, ct), await gateways.CountAsync(ct));
    }
}
