using Microsoft.Extensions.DependencyInjection.Extensions;
using OS2iot.Core.Database;

namespace OS2iot.Workers.Sync;

internal static class SyncExtensions
{
    /// <summary>Keeps every registered <see cref="Core.Sync.SyncedSystem"/> in step with our database.</summary>
    public static IHostApplicationBuilder AddSync(this IHostApplicationBuilder builder)
    {
        builder.AddNotifications();
        builder.Services.AddOptions<SyncOptions>().BindConfiguration(SyncOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton<SyncTable>();
        builder.Services.AddHostedService<SyncOutbox>();
        return builder;
    }
}
