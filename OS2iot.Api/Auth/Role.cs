using Microsoft.AspNetCore.Authorization;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Auth;

/// <summary>
/// What a caller must have in at least one organization to use an endpoint at all. Which rows are open is for the queries to say.
/// </summary>
internal static class Role
{
    /// <summary>Signed in is enough.</summary>
    public const string SignedIn = "signed-in";

    public const string Read = nameof(PermissionType.Read);

    public const string ApplicationAdmin = nameof(PermissionType.OrganizationApplicationAdmin);

    public const string UserAdmin = nameof(PermissionType.OrganizationUserAdmin);

    public const string GatewayAdmin = nameof(PermissionType.OrganizationGatewayAdmin);

    public const string GlobalAdmin = nameof(PermissionType.GlobalAdmin);

    /// <summary>A program with an API key, and nobody else.</summary>
    public const string ApiKey = "api-key";

    public static void AddTo(AuthorizationOptions options)
    {
        options.AddPolicy(SignedIn, policy => policy.RequireAuthenticatedUser());
        options.AddPolicy(ApiKey, policy => policy.RequireAuthenticatedUser().RequireAssertion(
            context => context.User.Identity?.AuthenticationType == ApiKeyAuthentication.SchemeName));
        foreach (var type in Enum.GetValues<PermissionType>())
        {
            options.AddPolicy(type.ToString(), policy => policy.RequireAuthenticatedUser().AddRequirements(new RoleRequirement(type)));
        }
    }
}

/// <summary>The caller has a right in any organization.</summary>
internal sealed record RoleRequirement(PermissionType Type) : IAuthorizationRequirement;

internal sealed class RoleRequirementHandler(IHttpContextAccessor http) : AuthorizationHandler<RoleRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
    {
        if (http.HttpContext?.Features.Get<Caller>() is { } caller && caller.Has(requirement.Type))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
