using OS2iot.Api.Http;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Organizations;

/// <summary>A user without anything by which one could sign in.</summary>
internal class UserCore(User user) : EntityResponse(user)
{
    public string Name { get; } = user.Name;

    public string? Email { get; } = user.Email;

    public bool Active { get; } = user.Active;

    public DateTimeOffset? LastLogin { get; } = user.LastLogin;

    public string? NameId { get; } = user.NameId;

    public bool? AwaitingConfirmation { get; } = user.AwaitingConfirmation;

    public bool IsSystemUser { get; } = user.IsSystemUser;

    public bool ShowWelcomeScreen { get; } = user.ShowWelcomeScreen;
}

internal sealed class UserWithPermissions(User user, List<PermissionWithOrganization> permissions) : UserCore(user)
{
    public IReadOnlyList<PermissionWithOrganization> Permissions { get; } = permissions;
}
