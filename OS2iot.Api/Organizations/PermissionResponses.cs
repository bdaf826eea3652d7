using OS2iot.Api.Http;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Organizations;

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

internal sealed class PermissionWithOrganization(
    Permission permission, List<int> applicationIds, List<PermissionTypeEntry> types, Organization? organization)
    : PermissionWithTypes(permission, applicationIds, types)
{
    public OrganizationCore? Organization { get; } = OrganizationCore.From(organization);
}
