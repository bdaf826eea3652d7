using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;
using OS2iot.Core.Sync;

namespace OS2iot.Workers.Sigfox;

internal static class SigfoxWorkExtensions
{
    /// <summary>Lets Sigfox follow, does people's jobs there, and keeps what it tells.</summary>
    public static IHostApplicationBuilder AddSigfoxWork(this IHostApplicationBuilder builder)
    {
        builder.AddSigfox();
        builder.AddNotifications();
        builder.Services.AddOptions<SigfoxWorkOptions>().BindConfiguration(SigfoxWorkOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<IngestAddressOptions>().BindConfiguration(IngestAddressOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<SigfoxCallbacks>();
        builder.Services.AddSyncedSystem<SigfoxSync>();
        builder.Services.AddSingleton<UndeliveredMessages>();
        builder.Services.AddSingleton<RecoverUndelivered>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RecoverUndelivered>());
        builder.Services.AddSingleton<SigfoxWork, RegisterDevices>();
        builder.Services.AddSingleton<SigfoxWork, RestartDevices>();
        builder.Services.AddSingleton<SigfoxWork, RestartDeviceType>();
        builder.Services.AddSingleton<SigfoxWork, TransferDevices>();
        builder.Services.AddHostedService<SigfoxJobs>();
        builder.Services.AddSingleton<SigfoxEventStore>();
        builder.Services.AddHostedService<StoreSigfoxEvents>();
        builder.Services.AddSingleton<MergeReceptionsJob>();
        builder.Services.AddHostedService(services => services.GetRequiredService<MergeReceptionsJob>());
        return builder;
    }
}
