using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Api.Permissions;
using OS2iot.Api.Users;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ApiKeys;

internal abstract class ApiKeyCore(ApiKey apiKey, string key) : EntityResponse(apiKey)
{
    /// <summary>The whole key only in the answer to its creation; afterwards its first characters.</summary>
    public string Key { get; } = key;

    public string Name { get; } = apiKey.Name;

    /// <summary>Stops working then; null never.</summary>
    public DateTimeOffset? ExpiresOn { get; } = apiKey.ExpiresOn;

    /// <summary>Until when the secret before the present one goes on working; null where there is none.</summary>
    public DateTimeOffset? PreviousKeyExpiresOn { get; } = apiKey.PreviousKeyExpiresOn;

    /// <summary>To the hour; null where it was never used.</summary>
    public DateTimeOffset? LastUsedAt { get; } = apiKey.LastUsedAt;
}

/// <summary>A group of a key, in a list.</summary>
internal sealed class ApiKeyPermission(Permission permission, List<int> applicationIds) : PermissionCore(permission, applicationIds)
{
    public OrganizationCore? Organization { get; } = OrganizationCore.From(permission.Organization);
}

internal sealed class ApiKeyListItem(ApiKey apiKey, IReadOnlyList<ApiKeyPermission> permissions) : ApiKeyCore(apiKey, ApiKeySecret.Masked(apiKey))
{
    public IReadOnlyList<ApiKeyPermission> Permissions { get; } = permissions;
}

internal class ApiKeyDetails(ApiKey apiKey, string key, IReadOnlyList<PermissionCore> permissions) : ApiKeyCore(apiKey, key)
{
    public IReadOnlyList<PermissionCore> Permissions { get; } = permissions;

    public int? CreatedBy { get; } = apiKey.CreatedById;

    public int? UpdatedBy { get; } = apiKey.UpdatedById;
}

internal sealed class ApiKeyWithSystemUser(ApiKey apiKey, string key, IReadOnlyList<PermissionCore> permissions)
    : ApiKeyDetails(apiKey, key, permissions)
{
    /// <summary>Stands as the author of what is done with the key.</summary>
    public UserCore SystemUser { get; } = new(apiKey.SystemUser!);
}
