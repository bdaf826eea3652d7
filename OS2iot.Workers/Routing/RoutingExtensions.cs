using OS2iot.Core.Database;

namespace OS2iot.Workers.Routing;

internal static class RoutingExtensions
{
    public static IHostApplicationBuilder AddRouting(this IHostApplicationBuilder builder)
    {
        builder.AddNotifications();
        builder.Services.AddSingleton<RoutingTable>();
        return builder;
    }
}
