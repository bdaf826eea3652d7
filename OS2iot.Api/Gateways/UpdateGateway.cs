using System.Text.Json;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Gateways;

/// <summary>Changes a gateway; its id and its organization stay.</summary>
internal sealed class UpdateGateway(AppDbContext db, Caller caller, ChirpStackSaves saves) : Endpoint<UpdateGatewayRequest, GatewayChangedResponse>
{
    public override void Configure()
    {
        Put("chirpstack/gateway/{gatewayId}");
        Policies(Role.GatewayAdmin);
    }

    public override async Task<GatewayChangedResponse> ExecuteAsync(UpdateGatewayRequest request, CancellationToken ct)
    {
        if (request.Gateway.GatewayId.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            throw Refusal.BadRequest(ErrorCodes.GatewayIdNotAllowedInUpdate);
        }

        var gatewayId = HttpContext.RouteGatewayId();
        var gateway = await db.Gateways.WritableBy(caller).SingleOrDefaultAsync(g => g.GatewayId == gatewayId, ct)
            ?? throw await db.Gateways.MissingAsync(gatewayId, ct);
        request.Gateway.ApplyTo(gateway);
        await saves.SaveAsync(Refusal.BadRequest, ct);
        return GatewayChangedResponse.Done;
    }
}
