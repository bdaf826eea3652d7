using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;

namespace OS2iot.Api.Organizations;

/// <summary>Removes an organization and everything below it.</summary>
internal sealed class DeleteOrganization(AppDbContext db) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("organization/{id}");
        Policies(Role.GlobalAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // A connection holds on to its decoder, and the cascade may meet the decoder first.
        await db.DataTargetConnections.Where(c => c.DataTarget!.Application!.OrganizationId == id).ExecuteDeleteAsync(ct);
        await db.DataTargetConnections.Where(c => c.PayloadDecoder!.OrganizationId == id)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.PayloadDecoderId, (int?)null), ct);
        if (await db.Organizations.Where(o => o.Id == id).ExecuteDeleteAsync(ct) == 0)
        {
            throw Refusal.NotFound(null);
        }

        await transaction.CommitAsync(ct);
        return AffectedResponse.One;
    }
}
