using OS2iot.Ingest.Mqtt;

namespace OS2iot.Ingest.MqttInternalBroker;

internal static class MqttInternalBrokerExtensions
{
    /// <summary>Listens to the devices at our broker.</summary>
    public static IHostApplicationBuilder AddMqttInternalBroker(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReceiveDeviceMessages>();
        return builder.AddOwnBrokerListener(
            ReceiveDeviceMessages.Name, ReceiveDeviceMessages.Filters,
            services => services.GetRequiredService<ReceiveDeviceMessages>().HandleAsync,
            services => services.GetRequiredService<ReceiveDeviceMessages>().HoldBack);
    }
}
