using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OS2iot.Core.DataTargets.Egress;

public static class EgressExtensions
{
    private const string NotADestination = "Egress:AllowedHosts must list hosts with or without a port, such as localhost:5005, and networks such as 10.20.0.0/16.";

    /// <summary>Registers where we may connect on a user's word.</summary>
    public static IServiceCollection AddEgress(this IServiceCollection services)
    {
        services.AddOptions<EgressOptions>()
            .BindConfiguration(EgressOptions.Section)
            .Validate(options => Array.TrueForAll(options.AllowedHosts, AllowedDestinations.IsValid), NotADestination)
            .ValidateOnStart();
        services.TryAddSingleton<AllowedDestinations>();
        services.TryAddSingleton<INameResolver, SystemNameResolver>();
        services.TryAddSingleton(provider => new GuardedConnection(
            provider.GetRequiredService<AllowedDestinations>(), provider.GetRequiredService<INameResolver>()));
        services.TryAddSingleton<CertifiedClients>();
        services.TryAddSingleton(provider => new EgressCheck(
            provider.GetRequiredService<AllowedDestinations>(), provider.GetRequiredService<INameResolver>()));
        return services;
    }

    /// <summary>
    /// A named client for addresses that users type: public ones only unless the operator allows more, certificates verified, no
    /// redirects, no proxy, no cookies, a bounded number of connections, and nothing of the address in the log.
    /// </summary>
    public static IServiceCollection AddGuardedHttpClient(this IServiceCollection services, string name)
    {
        services.AddEgress();
        services.AddHttpClient(name, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => Handler(provider.GetRequiredService<GuardedConnection>()))
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear()) // service discovery knows our own hosts by name
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // connections are renewed below, which follows changes in DNS
            .RemoveAllLoggers();
        return services;
    }

    internal static SocketsHttpHandler Handler(GuardedConnection connection) => new()
    {
        ConnectCallback = connection.ConnectAsync,
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        SslOptions = { CertificateChainPolicy = GuardedConnection.ChainPolicy() },

        // No limit per server: one server may be the target of many organizations, and one that hangs on a path of its own must not
        // take the others' connections. What one target may have at once is its lane's business.
        MaxConnectionsPerServer = int.MaxValue,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = 4 * 1024,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
    };
}
