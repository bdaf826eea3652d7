using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

/// <summary>Adds a target to an application that the caller may change.</summary>
internal sealed class CreateDataTarget(
    AppDbContext db, Caller caller, DataTargetShapes shapes, DataTargetDatasets datasets, DataTargetReader reader)
    : Endpoint<NewDataTargetRequest, DataTargetDetails>
{
    public override void Configure()
    {
        Post("data-target");
        Policies(Role.Read);
    }

    public override async Task<DataTargetDetails> ExecuteAsync(NewDataTargetRequest request, CancellationToken ct)
    {
        if (!await db.Applications.WritableBy(caller).AnyAsync(a => a.Id == request.ApplicationId, ct))
        {
            throw caller.IsGlobalAdmin ? Refusal.BadRequest(ErrorCodes.IdDoesNotExist) : Refusal.Forbidden();
        }

        var target = new DataTarget
        {
            Name = request.Name,
            Type = request.Type,
            ApplicationId = request.ApplicationId,
            MaxConcurrency = request.MaxConcurrency.Or(null),
            Settings = await shapes.MergeAsync(DataTargetTypes.Find(request.Type)!, stored: null, request.Members, ct),
        };
        await datasets.ApplyAsync(request.OpenDataDkDataset, target, ct);
        db.DataTargets.Add(target);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsBrokenReference())
        {
            throw Refusal.BadRequest(ErrorCodes.IdDoesNotExist);
        }

        return await reader.FindAsync(db.DataTargets, target.Id, ct) ?? throw Refusal.NotFound();
    }
}
