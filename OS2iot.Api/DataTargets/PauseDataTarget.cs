using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

/// <summary>Sends a target nothing until it is resumed. Its messages wait as long as a failed delivery would.</summary>
internal sealed class PauseDataTarget(AppDbContext db, Caller caller, DataTargetReader reader) : EndpointWithoutRequest<DataTargetDetails>
{
    public override void Configure()
    {
        Post("data-target/{id}/pause");
        Policies(Role.Read);
    }

    public override async Task<DataTargetDetails> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        await using var transaction = await db.LockAsync<DataTarget>(id, ct);
        var target = await db.DataTargets.WritableBy(caller).SingleOrDefaultAsync(t => t.Id == id, ct)
            ?? throw await db.DataTargets.MissingAsync(id, ct);
        if (DataTargetTypes.Find(target.Type) is { IsPublished: true })
        {
            throw Refusal.BadRequest("Nothing is sent to data targets of this type; the public fetches from them");
        }

        target.Paused = true;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return await reader.FindAsync(db.DataTargets, id, ct) ?? throw Refusal.NotFound();
    }
}
