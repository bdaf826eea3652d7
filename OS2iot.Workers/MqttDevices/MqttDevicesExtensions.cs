using Microsoft.Extensions.DependencyInjection.Extensions;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Sync;

namespace OS2iot.Workers.MqttDevices;

internal static class MqttDevicesExtensions
{
    /// <summary>Lets our broker follow, where there is one.</summary>
    /// <exception cref="InvalidOperationException">Its connection string is wrong.</exception>
    public static IHostApplicationBuilder AddMosquitto(this IHostApplicationBuilder builder)
    {
        if (BrokerAddress.From(builder.Configuration) is not { } address)
        {
            return builder;
        }

        builder.AddMqttDevices();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(address);
        builder.Services.AddSingleton<BrokerConnection>();
        builder.Services.AddSingleton<BrokerAccounts>();
        builder.Services.AddHostedService(services => services.GetRequiredService<BrokerConnection>());
        builder.Services.AddSyncedSystem<MosquittoSync>();
        return builder;
    }
}
