namespace OS2iot.Workers.NetworkEvents;

internal static class NetworkEventsExtensions
{
    public static IHostApplicationBuilder AddNetworkEvents(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<NetworkEventOptions>()
            .BindConfiguration(NetworkEventOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<NetworkEventStore>();
        builder.Services.AddHostedService<StoreNetworkEvents>();
        builder.Services.AddHostedService<StoreReceptions>();
        builder.Services.AddHostedService<NetworkHistoryJob>();
        builder.Services.AddHostedService<GatewayWatchJob>();
        return builder;
    }
}
