using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Gateways;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.NetworkEvents;

/// <summary>What a gateway told of itself in the last days, newest first: comings, goings, reports.</summary>
[RefusesWith(StatusCodes.Status400BadRequest)]
internal sealed class ListGatewayEvents(AppDbContext db, Caller caller) : Endpoint<ListQuery, ListResponse<NetworkEventResponse>>
{
    public override void Configure()
    {
        Get("chirpstack/gateway/{gatewayId}/events");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<NetworkEventResponse>> ExecuteAsync(ListQuery list, CancellationToken ct)
    {
        var gatewayId = HttpContext.RouteGatewayId();
        var id = await db.Gateways.VisibleTo(caller).Where(g => g.GatewayId == gatewayId).Select(g => (int?)g.Id).SingleOrDefaultAsync(ct)
            ?? throw await db.Gateways.MissingAsync(gatewayId, ct);
        var events = db.NetworkEvents.AsNoTracking().Where(e => e.GatewayId == id);
        var page = await events.OrderByDescending(e => e.ReceivedAt).ThenByDescending(e => e.Id).Skip(list.Offset).Take(list.Limit).ToListAsync(ct);
        return new ListResponse<NetworkEventResponse>([.. page.Select(e => new NetworkEventResponse(e))], await events.CountAsync(ct));
    }
}
