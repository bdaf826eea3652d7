using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OS2iot.Core.ChirpStack.Sync;
using OS2iot.Core.Sync;

namespace OS2iot.Core.ChirpStack;

public static class ChirpStackExtensions
{
    /// <summary>By what service discovery knows it; the simulator plays it where there is no other.</summary>
    private static readonly string[] ServiceNames = ["services:chirpstack:http:0", "services:simulator:chirpstack:0"];

    /// <summary>Registers the client of ChirpStack's API and, where somebody said where that is, lets it follow our database.</summary>
    public static IHostApplicationBuilder AddChirpStack(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ChirpStackOptions>()
            .BindConfiguration(ChirpStackOptions.Section).ValidateDataAnnotations().ValidateOnStart()
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.Address ??= Uri.TryCreate(AddressOf(configuration), UriKind.Absolute, out var address) ? address : null;
                options.ApiKey ??= configuration["CHIRPSTACK_API_KEY"];
            });
        builder.Services.AddSingleton<ChirpStackKey>();
        builder.Services.AddSingleton<ChirpStackCalls>();
        builder.Services.AddSingleton(services => new ChirpStackClient(
            services.GetRequiredService<ChirpStackCalls>(), services.GetRequiredService<TimeProvider>()));
        if (AddressOf(builder.Configuration) is not null)
        {
            builder.Services.AddSingleton<ChirpStackTenant>();
            builder.Services.AddSingleton<SyncedApplications>();
            builder.Services.AddSingleton<SyncedDeviceProfiles>();
            builder.Services.AddSingleton<SyncedGateways>();
            builder.Services.AddSingleton<SyncedDevices>();
            builder.Services.AddSingleton<SyncedMulticastGroups>();
            builder.Services.AddSingleton<SyncedDownlinks>();
            builder.Services.AddSyncedSystem<ChirpStackSystem>();
        }

        return builder;
    }

    private static string? AddressOf(IConfiguration configuration) =>
        ServiceNames.Prepend($"{ChirpStackOptions.Section}:{nameof(ChirpStackOptions.Address)}")
            .Select(name => configuration[name]).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
}
