using OS2iot.Core.Uplinks;

namespace OS2iot.Workers.Storing;

internal static class StoringExtensions
{
    public static IHostApplicationBuilder AddStoring(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<HistoryOptions>().BindConfiguration(HistoryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MessageStore>();
        builder.Services.AddSingleton<DeviceStates>();

        // Hosted services stop in reverse order: those that give it work stop before it.
        builder.Services.AddHostedService(services => services.GetRequiredService<DeviceStates>());
        builder.Services.AddHostedService<StoreConsumer>();
        builder.Services.AddHostedService<StoreDecodedConsumer>();
        builder.Services.AddHostedService<HistoryPartitionsJob>();
        builder.Services.AddHostedService<HistoryRetentionJob>();
        return builder;
    }
}
