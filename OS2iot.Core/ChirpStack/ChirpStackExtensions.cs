using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OS2iot.Core.ChirpStack.Sync;
using OS2iot.Core.Sync;

namespace OS2iot.Core.ChirpStack;

public static class ChirpStackExtensions
{
    /// <summary>The name by which service discovery knows it.</summary>
    private const string ServiceName = "services:chirpstack:http:0";

    /// <summary>Registers the client of ChirpStack's API and, where somebody said where that is, lets it follow our database.</summary>
    public static IHostApplicationBuilder AddChirpStack(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ChirpStackOptions>()
            .BindConfiguration(ChirpStackOptions.Section)
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.Address ??= Uri.TryCreate(configuration[ServiceName], UriKind.Absolute, out var address) ? address : null;
                options.ApiKey ??= configuration["CHIRPSTACK_API_KEY"];
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<ChirpStackKey>();
        builder.Services.AddSingleton<ChirpStackCalls>();
        builder.Services.AddSingleton(services => new ChirpStackClient(
            services.GetRequiredService<ChirpStackCalls>(), services.GetRequiredService<TimeProvider>()));
        if (builder.Configuration[$"{ChirpStackOptions.Section}:{nameof(ChirpStackOptions.Address)}"] is { Length: > 0 }
            || builder.Configuration[ServiceName] is { Length: > 0 })
        {
            builder.Services.AddSingleton<ChirpStackTenant>();
            builder.Services.AddSingleton<SyncedApplications>();
            builder.Services.AddSingleton<SyncedDeviceProfiles>();
            builder.Services.AddSingleton<SyncedGateways>();
            builder.Services.AddSingleton<SyncedDevices>();
            builder.Services.AddSingleton<SyncedMulticastGroups>();
            builder.Services.AddSyncedSystem<ChirpStackSystem>();
        }

        return builder;
    }
}
