using OS2iot.Core.Database;

namespace OS2iot.Ingest.Devices;

internal static class DeviceDirectoryExtensions
{
    public static IHostApplicationBuilder AddDeviceDirectory(this IHostApplicationBuilder builder)
    {
        builder.AddNotifications();
        builder.Services.AddOptions<DeviceDirectoryOptions>()
            .BindConfiguration(DeviceDirectoryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DeviceDirectory>();
        return builder;
    }
}
