using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Secrets;

namespace OS2iot.Core.Sigfox;

public static class SigfoxExtensions
{
    private const string ClientName = "sigfox";

    /// <summary>The longest answer that is read: a page of 100 devices is far below.</summary>
    private const int MaxAnswer = 4 * 1024 * 1024;

    /// <summary>Registers the client of Sigfox's REST API.</summary>
    public static IHostApplicationBuilder AddSigfox(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<SigfoxOptions>().BindConfiguration(SigfoxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services => new SigfoxLimiter(
            services.GetRequiredService<IOptions<SigfoxOptions>>(), services.GetRequiredService<TimeProvider>(), PausesOf(services)));
        builder.Services.AddHttpClient(ClientName, (services, client) =>
            {
                var options = services.GetRequiredService<IOptions<SigfoxOptions>>().Value;
                client.BaseAddress = new Uri(options.BaseAddress.AbsoluteUri.TrimEnd('/') + '/');
                client.Timeout = options.RequestTimeout;
                client.MaxResponseContentBufferSize = MaxAnswer;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false, // the login goes nowhere else
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            })
            .RemoveAllLoggers(); // addresses hold ids of devices
        builder.Services.TryAddSingleton<SigfoxLogins>();
        builder.Services.AddTransient(services => new SigfoxClient(
            services.GetRequiredService<IHttpClientFactory>().CreateClient(ClientName),
            services.GetRequiredService<SigfoxLimiter>(),
            services.GetRequiredService<TimeProvider>()));
        return builder;
    }

    // Only a host that has our database can share them.
    private static SigfoxPauses? PausesOf(IServiceProvider services) =>
        services.GetService<NpgsqlDataSource>() is { } database && services.GetService<LookupHash>() is { } hash
            ? new SigfoxPauses(database, hash, services.GetRequiredService<TimeProvider>())
            : null;
}
