using OS2iot.Api.Applications;
using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Api.Users;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Permissions;

internal class PermissionCore(Permission permission, List<int> applicationIds) : EntityResponse(permission)
{
    public string Name { get; } = permission.Name;

    public bool? AutomaticallyAddNewApplications { get; } = permission.AutomaticallyAddNewApplications;

    public IReadOnlyList<int> ApplicationIds { get; } = applicationIds;
}

internal sealed class PermissionTypeRow(PermissionTypeEntry entry) : EntityResponse(entry)
{
    public string Type { get; } = entry.Type.ToString();
}

internal class PermissionWithTypes(Permission permission, List<int> applicationIds, List<PermissionTypeEntry> types)
    : PermissionCore(permission, applicationIds)
{
    public IReadOnlyList<PermissionTypeRow> Type { get; } = [.. types.Select(t => new PermissionTypeRow(t))];
}

internal class PermissionWithOrganization(
    Permission permission, List<int> applicationIds, List<PermissionTypeEntry> types, Organization? organization)
    : PermissionWithTypes(permission, applicationIds, types)
{
    public OrganizationCore? Organization { get; } = OrganizationCore.From(organization);
}

/// <summary>A user group with who is in it.</summary>
internal class PermissionWithUsers(Permission permission, List<int> applicationIds, IEnumerable<User> users)
    : PermissionWithOrganization(permission, applicationIds, permission.Types, permission.Organization)
{
    public IReadOnlyList<UserCore> Users { get; } = [.. users.Select(u => new UserCore(u))];
}

internal sealed class PermissionDetails(Permission permission, IReadOnlyList<ApplicationCore> applications)
    : PermissionWithUsers(permission, [.. applications.Select(a => a.Id)], permission.Users)
{
    public IReadOnlyList<ApplicationCore> Applications { get; } = applications;

    public int? CreatedBy { get; } = permission.CreatedById;

    public int? UpdatedBy { get; } = permission.UpdatedById;
}
