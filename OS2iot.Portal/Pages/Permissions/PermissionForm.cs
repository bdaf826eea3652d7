namespace OS2iot.Portal.Pages.Permissions;

/// <summary>A user group as an administrator fills it in.</summary>
internal sealed class PermissionForm
{
    public static readonly string[] Fields = ["name", "levels", "userIds", "applicationIds"];

    public string? Name { get; set; }

    /// <summary>What the group gives; chosen once, when it is made.</summary>
    public string[] Rights { get; set; } = ["Read"];

    public int[] UserIds { get; set; } = [];

    public int[] ApplicationIds { get; set; } = [];

    public bool AddNewApplications { get; set; } = true;

    public static PermissionForm From(Permission permission) => new()
    {
        Name = permission.Name,
        Rights = [.. (permission.Type ?? []).Select(t => t.Type)],
        UserIds = [.. (permission.Users ?? []).Select(u => u.Id)],
        ApplicationIds = [.. permission.ApplicationIds ?? []],
        AddNewApplications = permission.AutomaticallyAddNewApplications == true,
    };

    public object ToNewRequest(int organizationId) => new
    {
        name = Name ?? "",
        organizationId,
        levels = Rights.Distinct().Select(type => new { type }),
        userIds = UserIds,
        applicationIds = ApplicationIds,
        automaticallyAddNewApplications = AddNewApplications,
    };

    public object ToRequest() => new
    {
        name = Name ?? "",
        userIds = UserIds,
        applicationIds = ApplicationIds,
        automaticallyAddNewApplications = AddNewApplications,
    };
}
