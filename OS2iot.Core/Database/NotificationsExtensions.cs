using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace OS2iot.Core.Database;

public static class NotificationsExtensions
{
    /// <summary>Registers <see cref="PostgreSqlNotifications"/>, which listens for the whole life of the host. May be called more than once.</summary>
    public static IHostApplicationBuilder AddNotifications(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<PostgreSqlNotifications>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PostgreSqlNotifications>(
            services => services.GetRequiredService<PostgreSqlNotifications>()));
        return builder;
    }
}
