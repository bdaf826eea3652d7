using OS2iot.Core.DataTargets.Egress;
using OS2iot.Ingest.Mqtt;

namespace OS2iot.Ingest.MqttExternalBroker;

internal static class MqttExternalBrokerExtensions
{
    /// <summary>Subscribes at the brokers that users name for their devices.</summary>
    public static IHostApplicationBuilder AddMqttExternalBroker(this IHostApplicationBuilder builder)
    {
        builder.AddMqtt();
        builder.Services.AddEgress();
        builder.Services.AddOptions<MqttExternalBrokerOptions>()
            .BindConfiguration(MqttExternalBrokerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ExternalBrokers>();
        builder.Services.AddHostedService<MqttExternalBrokerListener>();
        return builder;
    }
}
