using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Api.Permissions;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

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

    /// <summary>May not sign in from then on; null never.</summary>
    public DateTimeOffset? ExpiresOn { get; } = user.ExpiresOn;
}

internal sealed class UserWithPermissions(User user, List<PermissionWithOrganization> permissions) : UserCore(user)
{
    public IReadOnlyList<PermissionWithOrganization> Permissions { get; } = permissions;
}

/// <summary>A user in a list, with the groups that the caller may know of.</summary>
internal sealed class UserListItem(User user, IReadOnlyList<PermissionWithTypes> permissions) : UserCore(user)
{
    public IReadOnlyList<PermissionWithTypes> Permissions { get; } = permissions;
}

/// <param name="Id">Of an organization that the user asked to belong to.</param>
internal sealed record RequestedOrganization(int Id);

/// <summary>A user who waits for an answer.</summary>
internal sealed class AwaitingUser(User user, IReadOnlyList<RequestedOrganization> requestedOrganizations) : UserCore(user)
{
    public IReadOnlyList<RequestedOrganization> RequestedOrganizations { get; } = requestedOrganizations;
}

internal sealed class UserDetails(
    User user, IReadOnlyList<PermissionCore> permissions, IReadOnlyList<OrganizationCore> requestedOrganizations)
    : UserCore(user)
{
    /// <summary>Serialized as what they are: with or without users, types and organization.</summary>
    public IReadOnlyList<object> Permissions { get; } = permissions;

    public IReadOnlyList<OrganizationCore> RequestedOrganizations { get; } = requestedOrganizations;

    public int? CreatedBy { get; } = user.CreatedById;

    public int? UpdatedBy { get; } = user.UpdatedById;
}

internal sealed record MinimalUser(int Id, string Name);

internal sealed record MinimalUsersResponse(IReadOnlyList<MinimalUser> Users);
