using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OS2iot.ServiceDefaults;

/// <summary>Lets a host know the address it is called by when a reverse proxy stands before it.</summary>
internal static class ReverseProxyExtensions
{
    /// <summary>Networks in CIDR form whose <c>X-Forwarded-*</c> headers are believed. This machine's own always are.</summary>
    private const string TrustedNetworks = "ReverseProxy:TrustedNetworks";

    public static void AddReverseProxy<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            foreach (var network in builder.Configuration.GetSection(TrustedNetworks).Get<string[]>() ?? [])
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
            }
        });
        builder.Services.AddTransient<IStartupFilter, ForwardedHeadersFirst>();
    }

    /// <summary>Everything after it sees the caller's address, so it comes before everything.</summary>
    private sealed class ForwardedHeadersFirst : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseForwardedHeaders();
            next(app);
        };
    }
}
