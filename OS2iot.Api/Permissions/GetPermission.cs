using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;

namespace OS2iot.Api.Permissions;

/// <summary>One user group with its users and applications.</summary>
internal sealed class GetPermission(PermissionReader reader) : EndpointWithoutRequest<PermissionDetails>
{
    public override void Configure()
    {
        Get("permission/{id}");
        Policies(Role.SignedIn);
    }

    public override async Task<PermissionDetails> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return await reader.FindAsync(id, ct) ?? throw await reader.MissingAsync(id, ct);
    }
}
