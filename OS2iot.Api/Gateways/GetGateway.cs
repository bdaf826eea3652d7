using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Gateways;

/// <summary>One gateway, with what it heard and said on each of the last days.</summary>
[RefusesWith(StatusCodes.Status400BadRequest)]
internal sealed class GetGateway(AppDbContext db, Caller caller, TimeProvider clock) : EndpointWithoutRequest<GatewayWithStatsResponse>
{
    private const int Days = 29;

    public override void Configure()
    {
        Get("chirpstack/gateway/{gatewayId}");
        Policies(Role.Read);
    }

    public override async Task<GatewayWithStatsResponse> ExecuteAsync(CancellationToken ct)
    {
        var gatewayId = HttpContext.RouteGatewayId();
        var gateway = await db.Gateways.AsNoTracking().VisibleTo(caller).Include(g => g.Organization)
            .SingleOrDefaultAsync(g => g.GatewayId == gatewayId, ct) ?? throw await db.Gateways.MissingAsync(gatewayId, ct);
        var first = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-Days);
        var days = await db.GatewayTraffic.AsNoTracking().Where(t => t.GatewayId == gateway.Id && t.Day >= first).OrderBy(t => t.Day).ToListAsync(ct);
        return new GatewayWithStatsResponse(
            new GatewayDetails(gateway, gateway.Organization!),
            [.. days.Select(t => new GatewayDay(
                new DateTimeOffset(t.Day, TimeOnly.MinValue, TimeSpan.Zero), t.RxPacketsReceived, t.TxPacketsEmitted))]);
    }
}
