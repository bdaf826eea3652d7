using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OS2iot.Core.MqttDevices;

public static class MqttDevicesExtensions
{
    /// <summary>Registers what devices at our broker are given: addresses and certificates.</summary>
    public static IHostApplicationBuilder AddMqttDevices(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<MqttOptions>().BindConfiguration(MqttOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DeviceCertificates>();
        return builder;
    }
}
