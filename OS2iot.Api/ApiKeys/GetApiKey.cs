using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;

namespace OS2iot.Api.ApiKeys;

/// <summary>One key with its groups, the key itself masked.</summary>
internal sealed class GetApiKey(ApiKeyReader reader) : EndpointWithoutRequest<ApiKeyDetails>
{
    public override void Configure()
    {
        Get("api-key/{id}");
        Policies(Role.UserAdmin);
    }

    public override async Task<ApiKeyDetails> ExecuteAsync(CancellationToken ct)
    {
        var apiKey = await reader.FindAsync(HttpContext.RouteId(), ct);
        return new ApiKeyDetails(apiKey, ApiKeySecret.Masked(apiKey), await reader.PermissionsAsync(apiKey.Id, ct));
    }
}
