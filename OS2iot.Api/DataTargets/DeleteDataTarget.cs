using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

/// <summary>Removes a target with its connections and what waits to be delivered to it.</summary>
internal sealed class DeleteDataTarget(AppDbContext db, Caller caller) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("data-target/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var target = await db.DataTargets.WritableBy(caller).SingleOrDefaultAsync(t => t.Id == id, ct)
            ?? throw await db.DataTargets.MissingAsync(id, ct);
        return await db.RemoveAndSaveAsync(target, ct);
    }
}
