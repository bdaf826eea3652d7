using OS2iot.Portal.Pages.Users;

namespace OS2iot.Portal.Pages.ApiKeys;

internal sealed class ApiKeyForm
{
    public static readonly string[] Fields = ["name", "permissionIds", "expiresOn"];

    public string? Name { get; set; }

    public int[] PermissionIds { get; set; } = [];

    /// <summary>The first day on which it no longer works.</summary>
    public string? ExpiresOn { get; set; }

    public static ApiKeyForm From(ApiKey key) => new()
    {
        Name = key.Name,
        PermissionIds = [.. (key.Permissions ?? []).Select(p => p.Id)],
        ExpiresOn = Day.Write(key.ExpiresOn),
    };

    public object ToRequest() => new { name = Name ?? "", permissionIds = PermissionIds, expiresOn = Day.Read(ExpiresOn) };
}
