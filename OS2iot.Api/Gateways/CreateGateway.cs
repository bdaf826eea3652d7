using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Gateways;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Gateways;

/// <summary>Adds a gateway to an organization whose gateways the caller manages.</summary>
internal sealed class CreateGateway(AppDbContext db, Caller caller, ChirpStackSaves saves) : Endpoint<CreateGatewayRequest, GatewayChangedResponse>
{
    public override void Configure()
    {
        Post("chirpstack/gateway");
        Policies(Role.GatewayAdmin);
    }

    public override async Task<GatewayChangedResponse> ExecuteAsync(CreateGatewayRequest request, CancellationToken ct)
    {
        if (!caller.AdministersGatewaysOf(request.OrganizationId))
        {
            throw Refusal.Forbidden();
        }

        if (!await db.Organizations.AnyAsync(o => o.Id == request.OrganizationId, ct))
        {
            throw Refusal.BadRequest(ErrorCodes.OrganizationDoesNotExist);
        }

        var gateway = new Gateway
        {
            Name = request.Gateway.Name,
            GatewayId = request.Gateway.GatewayId.GetString()!.ToLowerInvariant(),
            OrganizationId = request.OrganizationId,
        };
        request.Gateway.ApplyTo(gateway);
        db.Gateways.Add(gateway);
        try
        {
            await saves.SaveAsync(Refusal.BadRequest, ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.BadRequest(ErrorCodes.IdInvalidOrAlreadyInUse);
        }

        return GatewayChangedResponse.Done;
    }
}
