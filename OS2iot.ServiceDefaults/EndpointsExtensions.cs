using FastEndpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace OS2iot.ServiceDefaults;

/// <summary>The HTTP endpoints of one host.</summary>
public static class EndpointsExtensions
{
    /// <summary>What every address of a host's endpoints begins with.</summary>
    public const string RoutePrefix = "api/v1";

    /// <summary>
    /// Registers the endpoints of the host's own assembly and no other: one in a shared assembly would appear on every host.
    /// </summary>
    public static IHostApplicationBuilder AddEndpointsOf<TProgram>(this IHostApplicationBuilder builder)
    {
        builder.Services.AddFastEndpoints(discovery =>
        {
            discovery.DisableAutoDiscovery = true;
            discovery.Assemblies = [typeof(TProgram).Assembly];
        });
        return builder;
    }

    /// <summary>Maps what <see cref="AddEndpointsOf{TProgram}"/> registered.</summary>
    /// <param name="app">The host.</param>
    /// <param name="configure">What the host's wire format needs beyond that.</param>
    public static WebApplication MapEndpoints(this WebApplication app, Action<Config>? configure = null)
    {
        app.UseFastEndpoints(config =>
        {
            config.Endpoints.RoutePrefix = RoutePrefix;
            configure?.Invoke(config);
        });
        return app;
    }
}
