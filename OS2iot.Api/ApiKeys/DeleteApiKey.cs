using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;

namespace OS2iot.Api.ApiKeys;

/// <summary>Takes a key away at once. Its system user stays, as the author of what was done with it.</summary>
internal sealed class DeleteApiKey(AppDbContext db, ApiKeyReader reader) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("api-key/{id}");
        Policies(Role.UserAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct) =>
        await db.RemoveAndSaveAsync(await reader.FindAsync(HttpContext.RouteId(), ct), ct);
}
