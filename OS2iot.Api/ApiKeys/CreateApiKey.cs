using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ApiKeys;

/// <summary>Makes a key for a program. The answer is the only place where the key is ever shown.</summary>
internal sealed class CreateApiKey(AppDbContext db, ApiKeyReader reader, ApiKeySecret secret) : Endpoint<ApiKeyRequest, ApiKeyWithSystemUser>
{
    public override void Configure()
    {
        Post("api-key");
        Policies(Role.UserAdmin);
    }

    public override async Task<ApiKeyWithSystemUser> ExecuteAsync(ApiKeyRequest request, CancellationToken ct)
    {
        var permissions = await reader.GrantableAsync(request.PermissionIds, ct);
        var (key, hash, shown) = secret.Create();
        var apiKey = new ApiKey
        {
            Name = request.Name,
            KeyHash = hash,
            KeyPrefix = shown,
            ExpiresOn = request.ExpiresOn.Or(null)?.ToUniversalTime(),
            SystemUser = new User { Name = request.Name, Active = false, IsSystemUser = true },
        };
        apiKey.Permissions.AddRange(permissions);
        db.ApiKeys.Add(apiKey);
        await db.SaveChangesAsync(ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        return new ApiKeyWithSystemUser(apiKey, key, await reader.PermissionsAsync(apiKey.Id, ct));
    }
}
