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
        builder.Services.AddOptions<PortalAddressOptions>().BindConfiguration(PortalAddressOptions.Section)
            .Validate(options => options.PublicUrl is null or { IsAbsoluteUri: true }, "Portal:PublicUrl must be an address such as https://os2iot.example.dk/.")
            .ValidateOnStart();
        return builder;
    }
}
