using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

/// <summary>Changes a target; its type stays. One that was switched off for failing is tried again.</summary>
internal sealed class UpdateDataTarget(
    AppDbContext db, Caller caller, DataTargetShapes shapes, DataTargetDatasets datasets, DataTargetSwitch switches, DataTargetReader reader)
    : Endpoint<DataTargetRequest, DataTargetDetails>
{
    public override void Configure()
    {
        Put("data-target/{id}");
        Policies(Role.Read);
    }

    public override async Task<DataTargetDetails> ExecuteAsync(DataTargetRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();

        // Settings are one value, of which a request changes parts: two requests at once must not undo each other's.
        await using var transaction = await db.LockAsync<DataTarget>(id, ct);
        var target = await db.DataTargets.WritableBy(caller).Include(t => t.OpenDataDkDataset).SingleOrDefaultAsync(t => t.Id == id, ct)
            ?? throw await db.DataTargets.MissingAsync(id, ct);
        if (target.ApplicationId != request.ApplicationId)
        {
            await CheckMoveAsync(target, request.ApplicationId, ct);
        }

        if (target.Type != request.Type)
        {
            throw Refusal.BadRequest("The type of a data target cannot be changed");
        }

        target.Name = request.Name;
        target.ApplicationId = request.ApplicationId;
        target.Settings = await shapes.MergeAsync(DataTargetTypes.Find(target.Type)!, target.Settings, request.Members, ct);
        target.MaxConcurrency = request.MaxConcurrency.Or(target.MaxConcurrency);
        await datasets.ApplyAsync(request.OpenDataDkDataset, target, ct);
        if (target.DisabledAt is not null)
        {
            await switches.ResumeAsync(target, ct);
        }

        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return await reader.FindAsync(db.DataTargets, id, ct) ?? throw Refusal.NotFound();
    }

    private async Task CheckMoveAsync(DataTarget target, int applicationId, CancellationToken ct)
    {
        if (!await db.Applications.WritableBy(caller).AnyAsync(a => a.Id == applicationId, ct))
        {
            throw caller.IsGlobalAdmin ? Refusal.BadRequest(ErrorCodes.IdDoesNotExist) : Refusal.Forbidden();
        }

        // Its connections hold devices of the application that it would leave.
        if (await db.DataTargetConnections.AnyAsync(c => c.DataTargetId == target.Id && c.Devices.Any(), ct))
        {
            throw Refusal.BadRequest(ErrorCodes.NotSameApplication);
        }
    }
}
