using OS2iot.Api.Applications;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Connections;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Downlinks;
using OS2iot.Api.GenericHttp;
using OS2iot.Api.MqttDevices;
using OS2iot.Api.Sigfox;

namespace OS2iot.Api.Devices;

internal static class DevicesExtensions
{
    /// <summary>Registers the networks, and how applications, devices and targets are shown.</summary>
    public static IHostApplicationBuilder AddDevices(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<GenericHttpNetwork>();
        builder.Services.AddScoped<DeviceNetwork>(services => services.GetRequiredService<GenericHttpNetwork>());
        builder.Services.AddScoped<DeviceNetwork, LoRaWanNetwork>();
        builder.Services.AddScoped<DeviceNetwork, SigfoxNetwork>();
        builder.Services.AddScoped<MqttInternalNetwork>();
        builder.Services.AddScoped<DeviceNetwork>(services => services.GetRequiredService<MqttInternalNetwork>());
        builder.Services.AddScoped<DeviceNetwork, MqttExternalNetwork>();
        builder.Services.AddScoped<DeviceNetworks>();
        builder.Services.AddScoped<SigfoxAccess>();
        builder.Services.AddSingleton<DataTargetShapes>();
        builder.Services.AddSingleton<ImportKeys>();
        builder.Services.AddScoped<ApplicationDevices>();
        builder.Services.AddScoped<ApplicationReader>();
        builder.Services.AddScoped<DeviceReader>();
        builder.Services.AddSingleton<SendThrottle>();
        builder.Services.AddScoped<DataTargetReader>();
        builder.Services.AddScoped<DataTargetSwitch>();
        builder.Services.AddScoped<DataTargetDatasets>();
        builder.Services.AddScoped<DeliveryLogReader>();
        builder.Services.AddScoped<TestMessages>();
        builder.Services.AddScoped<ConnectionReader>();
        builder.Services.AddScoped<MulticastReader>();
        builder.Services.AddScoped<ChirpStackSaves>();
        builder.Services.AddScoped<DownlinkEncoder>();
        return builder;
    }
}
