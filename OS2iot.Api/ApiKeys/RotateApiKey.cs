using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;

namespace OS2iot.Api.ApiKeys;

internal sealed class RotateApiKeyRequest : IBodyRequest
{
    private const int MostHours = 30 * 24;

    public static Shape Shape { get; } = new() { ["overlapHours"] = Is.Integer().AtLeast(0).NotAbove(MostHours).Optional() };

    /// <summary>How long the old key goes on working; a day where nothing is said, 0 ends it at once.</summary>
    public int? OverlapHours { get; init; }
}

/// <summary>Gives a key a new secret; the old one goes on working for a while. The answer is the only place where the new one is ever shown.</summary>
internal sealed class RotateApiKey(AppDbContext db, ApiKeyReader reader, ApiKeySecret secret, TimeProvider clock) : Endpoint<RotateApiKeyRequest, ApiKeyWithSystemUser>
{
    private const int UsualHours = 24;

    public override void Configure()
    {
        Post("api-key/{id}/rotate");
        Policies(Role.UserAdmin);
    }

    public override async Task<ApiKeyWithSystemUser> ExecuteAsync(RotateApiKeyRequest request, CancellationToken ct)
    {
        var apiKey = await reader.FindAsync(HttpContext.RouteId(), ct);
        var (key, hash, shown) = secret.Create();
        var overlap = request.OverlapHours ?? UsualHours;
        apiKey.PreviousKeyHash = overlap == 0 ? null : apiKey.KeyHash;
        apiKey.PreviousKeyExpiresOn = overlap == 0 ? null : clock.GetUtcNow().AddHours(overlap);
        apiKey.KeyHash = hash;
        apiKey.KeyPrefix = shown;
        await db.SaveChangesAsync(ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        return new ApiKeyWithSystemUser(apiKey, key, await reader.PermissionsAsync(apiKey.Id, ct));
    }
}
