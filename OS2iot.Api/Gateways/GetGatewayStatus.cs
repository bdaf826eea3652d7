using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Gateways;

/// <summary>How one gateway came and went.</summary>
internal sealed class GetGatewayStatus(AppDbContext db, Caller caller, TimeProvider clock) : Endpoint<GatewayStatusQuery, GatewayStatusResponse>
{
    private const int Digits = 16;

    public override void Configure()
    {
        Get("lorawan/gateway/status/{gatewayId}");
        Policies(Role.SignedIn);
    }

    public override async Task<GatewayStatusResponse> ExecuteAsync(GatewayStatusQuery query, CancellationToken ct)
    {
        var gatewayId = (HttpContext.GetRouteValue("gatewayId") as string ?? "").ToLowerInvariant();
        if (gatewayId.Length != Digits || !gatewayId.All(char.IsAsciiHexDigit))
        {
            throw Refusal.BadRequest("Invalid gateway id");
        }

        var found = await db.Gateways.AsNoTracking().VisibleTo(caller).Where(g => g.GatewayId == gatewayId)
            .ReadHistoryAsync(clock.GetUtcNow() - query.Period, ct);
        return found.Count == 1 ? found[0] : throw await db.Gateways.MissingAsync(gatewayId, ct);
    }
}
