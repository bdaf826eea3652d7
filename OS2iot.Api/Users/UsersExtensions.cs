using OS2iot.Api.AccessRequests;
using OS2iot.Api.Permissions;

namespace OS2iot.Api.Users;

internal static class UsersExtensions
{
    /// <summary>Registers how users, their groups and their wishes to belong to an organization are read and changed.</summary>
    public static IHostApplicationBuilder AddUsers(this IHostApplicationBuilder builder)
    {
        builder.Services.AddScoped<UserReader>();
        builder.Services.AddScoped<GlobalAdministrators>();
        builder.Services.AddScoped<PermissionReader>();
        builder.Services.AddScoped<PermissionChanges>();
        builder.Services.AddScoped<AccessRequestMails>();
        builder.Services.AddOptions<PortalAddressOptions>().BindConfiguration(PortalAddressOptions.Section);
        return builder;
    }
}
