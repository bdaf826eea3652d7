using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

/// <summary>Removes a multicast group with what waits to be sent to it. Its devices stay.</summary>
internal sealed class DeleteMulticastGroup(AppDbContext db, Caller caller, MulticastReader reader, ChirpStackSaves saves) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("multicast/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var group = await db.MulticastGroups.WritableBy(caller).SingleOrDefaultAsync(g => g.Id == id, ct)
            ?? throw await reader.MissingAsync(id, ct);
        return await db.RemoveAndSaveAsync(group, saves, ct);
    }
}
