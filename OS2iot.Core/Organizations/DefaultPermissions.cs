namespace OS2iot.Core.Organizations;

/// <summary>The user groups that a new organization starts with. Their names are Danish, as everywhere in the field.</summary>
public static class DefaultPermissions
{
    public static void AddDefaultPermissions(this Organization organization)
    {
        organization.Permissions.Add(Permission(organization, "Læserettigheder", addNewApplications: true, PermissionType.Read));
        organization.Permissions.Add(Permission(
            organization, "Applikationsadministrator", addNewApplications: true,
            PermissionType.OrganizationApplicationAdmin, PermissionType.Read));
        organization.Permissions.Add(Permission(
            organization, "Organisationsadministrator", addNewApplications: false,
            PermissionType.OrganizationUserAdmin, PermissionType.OrganizationApplicationAdmin,
            PermissionType.OrganizationGatewayAdmin, PermissionType.Read));
    }

    private static Permission Permission(Organization organization, string role, bool addNewApplications, params PermissionType[] types)
    {
        var permission = new Permission
        {
            Name = $"{organization.Name} - {role}",
            AutomaticallyAddNewApplications = addNewApplications,
        };
        permission.Types.AddRange(types.Select(type => new PermissionTypeEntry { Type = type }));
        return permission;
    }
}
