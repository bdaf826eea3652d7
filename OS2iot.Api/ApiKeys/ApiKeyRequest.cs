using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ApiKeys;

internal sealed class ApiKeyRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["name"] = Is.Text().Length(ApiKey.NameMinLength, ApiKey.NameMaxLength).NotBlank(),
        ["permissionIds"] = Is.Ids().NotEmpty().Distinct(),
        ["expiresOn"] = Is.Time().Optional(),
    };

    public string Name { get; init; } = "";

    /// <summary>Groups of organizations whose users the caller manages; the key may do what they give.</summary>
    public int[] PermissionIds { get; init; } = [];

    /// <summary>Stops working then; null never.</summary>
    public Optional<DateTimeOffset?> ExpiresOn { get; init; }
}
