using System.Linq.Expressions;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.Organizations;

/// <summary>Removes an organization and everything below it.</summary>
internal sealed class DeleteOrganization(AppDbContext db, ChirpStackSaves saves) : EndpointWithoutRequest<AffectedResponse>
{
    private const int AtOnce = 1000;

    public override void Configure()
    {
        Delete("organization/{id}");
        Policies(Role.GlobalAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == id, ct) ?? throw Refusal.NotFound(null);

        // A connection holds on to its decoder, and the cascade may meet the decoder first.
        await ForEachAsync(c => c.DataTarget!.Application!.OrganizationId == id, c => db.Remove(c), ct);
        await ForEachAsync(c => c.PayloadDecoder!.OrganizationId == id, c => c.PayloadDecoderId = null, ct);
        var answer = await db.RemoveAndSaveAsync(organization, saves, ct);
        await transaction.CommitAsync(ct);
        return answer;
    }

    /// <param name="which">No longer true of a connection that was changed.</param>
    /// <param name="change">What to do with it.</param>
    /// <param name="ct">Gives up.</param>
    private async Task ForEachAsync(
        Expression<Func<DataTargetConnection, bool>> which, Action<DataTargetConnection> change, CancellationToken ct)
    {
        while (true)
        {
            var connections = await db.DataTargetConnections.Where(which).OrderBy(c => c.Id).Take(AtOnce).ToListAsync(ct);
            if (connections.Count == 0)
            {
                return;
            }

            connections.ForEach(change);
            await db.SaveChangesAsync(ct);
            connections.ForEach(c => db.Entry(c).State = EntityState.Detached);
        }
    }
}
