namespace OS2iot.Workers.LiveView;

internal static class LiveViewExtensions
{
    public static IHostApplicationBuilder AddLiveView(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DeviceMessageNotices>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DeviceMessageNotices>());
        return builder;
    }
}
