using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;

namespace OS2iot.Api.Sync;

/// <summary>Asks for a comparison with an outside system, which begins within seconds. For global administrators.</summary>
[SucceedsWith(StatusCodes.Status204NoContent)]
internal sealed class ReconcileSystem(AppDbContext db) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Post("sync/{system}/reconcile");
        Policies(Role.GlobalAdmin);
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var system = HttpContext.GetRouteValue("system") as string;
        var status = await db.SyncStatuses.SingleOrDefaultAsync(s => s.System == system, ct) ?? throw Refusal.NotFound();
        status.ReconciledAt = null;
        await db.SaveChangesAsync(ct);
        await Send.NoContentAsync(ct);
    }
}
