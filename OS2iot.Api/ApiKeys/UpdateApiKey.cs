using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;

namespace OS2iot.Api.ApiKeys;

/// <summary>Changes a key's name, expiry and groups; the key itself stays.</summary>
internal sealed class UpdateApiKey(AppDbContext db, ApiKeyReader reader) : Endpoint<ApiKeyRequest, ApiKeyWithSystemUser>
{
    public override void Configure()
    {
        Put("api-key/{id}");
        Policies(Role.UserAdmin);
    }

    public override async Task<ApiKeyWithSystemUser> ExecuteAsync(ApiKeyRequest request, CancellationToken ct)
    {
        var apiKey = await reader.FindAsync(HttpContext.RouteId(), ct);
        var permissions = await reader.GrantableAsync(request.PermissionIds, ct);
        apiKey.Name = request.Name;
        apiKey.SystemUser!.Name = request.Name;
        apiKey.ExpiresOn = request.ExpiresOn.Or(apiKey.ExpiresOn)?.ToUniversalTime();
        apiKey.Permissions.RemoveAll(p => !permissions.Contains(p));
        apiKey.Permissions.AddRange(permissions.Except(apiKey.Permissions).ToList());
        await db.SaveChangesAsync(ct);
        return new ApiKeyWithSystemUser(apiKey, ApiKeySecret.Masked(apiKey), await reader.PermissionsAsync(apiKey.Id, ct));
    }
}
