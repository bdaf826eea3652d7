namespace OS2iot.Portal.Auth;

/// <summary>The user with permissions and organizations. Buttons follow it; the Api decides all the same.</summary>
internal sealed record Me(MyUser User, IReadOnlyList<MyOrganization> Organizations)
{
    public bool IsGlobalAdmin => Has("GlobalAdmin", _ => true);

    /// <summary>Manages the users of an organization.</summary>
    public bool ManagesUsers => IsGlobalAdmin || Has("OrganizationUserAdmin", _ => true);

    public bool ManagesUsersOf(int organizationId) =>
        IsGlobalAdmin || Has("OrganizationUserAdmin", p => p.Organization?.Id == organizationId);

    /// <summary>May add applications, decoders and the like to the organization.</summary>
    public bool MayWriteIn(int organizationId) =>
        IsGlobalAdmin || Has("OrganizationApplicationAdmin", p => p.Organization?.Id == organizationId);

    /// <summary>May change the application and what is in it.</summary>
    public bool MayWrite(int applicationId) =>
        IsGlobalAdmin || Has("OrganizationApplicationAdmin", p => p.ApplicationIds?.Contains(applicationId) == true);

    /// <summary>The user groups of an organization that the user can name: all for global administrators, otherwise the user's own.</summary>
    public IReadOnlyList<MyPermission> GroupsOf(int organizationId) =>
        Organizations.FirstOrDefault(o => o.Id == organizationId)?.Permissions
        ?? [.. User.Permissions.Where(p => p.Organization?.Id == organizationId)];

    private bool Has(string type, Func<MyPermission, bool> where) =>
        User.Permissions.Any(p => p.Type?.Any(t => t.Type == type) == true && where(p));
}

internal sealed record MyUser(int Id, string? Name, string? Email, IReadOnlyList<MyPermission> Permissions);

internal sealed record MyPermission(
    int Id, string Name, IReadOnlyList<MyRight>? Type, MyOrganization? Organization, IReadOnlyList<int>? ApplicationIds);

internal sealed record MyRight(string Type);

/// <summary>An organization. Only global administrators get its permissions.</summary>
internal sealed record MyOrganization(int Id, string Name, IReadOnlyList<MyPermission>? Permissions);
