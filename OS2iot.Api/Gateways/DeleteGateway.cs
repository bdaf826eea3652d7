using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Gateways;

/// <summary>Removes a gateway with its history.</summary>
[RefusesWith(StatusCodes.Status400BadRequest)]
internal sealed class DeleteGateway(AppDbContext db, Caller caller, ChirpStackSaves saves) : EndpointWithoutRequest<GatewayChangedResponse>
{
    public override void Configure()
    {
        Delete("chirpstack/gateway/{gatewayId}");
        Policies(Role.GatewayAdmin);
    }

    public override async Task<GatewayChangedResponse> ExecuteAsync(CancellationToken ct)
    {
        var gatewayId = HttpContext.RouteGatewayId();
        var gateway = await db.Gateways.WritableBy(caller).SingleOrDefaultAsync(g => g.GatewayId == gatewayId, ct)
            ?? throw await db.Gateways.MissingAsync(gatewayId, ct);
        await db.RemoveAndSaveAsync(gateway, saves, ct);
        return GatewayChangedResponse.Done;
    }
}
