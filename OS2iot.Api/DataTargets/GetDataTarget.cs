using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

/// <summary>One target. A foreign one answers as a missing one.</summary>
internal sealed class GetDataTarget(AppDbContext db, Caller caller, DataTargetReader reader) : EndpointWithoutRequest<DataTargetDetails>
{
    public override void Configure()
    {
        Get("data-target/{id}");
        Policies(Role.Read);
    }

    public override async Task<DataTargetDetails> ExecuteAsync(CancellationToken ct) =>
        await reader.FindAsync(db.DataTargets.VisibleTo(caller), HttpContext.RouteId(), ct) ?? throw Refusal.NotFound();
}
