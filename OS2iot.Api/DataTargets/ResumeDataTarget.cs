using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

/// <summary>Sends to a target again that was paused or switched off; what waits for it is due within half a minute.</summary>
internal sealed class ResumeDataTarget(AppDbContext db, Caller caller, DataTargetSwitch switches, DataTargetReader reader)
    : EndpointWithoutRequest<DataTargetDetails>
{
    public override void Configure()
    {
        Post("data-target/{id}/resume");
        Policies(Role.Read);
    }

    public override async Task<DataTargetDetails> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        await using var transaction = await db.LockAsync<DataTarget>(id, ct);
        var target = await db.DataTargets.WritableBy(caller).SingleOrDefaultAsync(t => t.Id == id, ct)
            ?? throw await db.DataTargets.MissingAsync(id, ct);
        target.Paused = false;
        await switches.ResumeAsync(target, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return await reader.FindAsync(db.DataTargets, id, ct) ?? throw Refusal.NotFound();
    }
}
