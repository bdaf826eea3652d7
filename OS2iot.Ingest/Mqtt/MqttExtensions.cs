using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Ingest.Instances;

namespace OS2iot.Ingest.Mqtt;

internal static class MqttExtensions
{
    /// <summary>
    /// Listens at our broker, if there is a connection string for it. Each message is acknowledged once the handler has completed for it.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="name">Of this listener, in metrics, log lines and the session's name.</param>
    /// <param name="filters">Topic filters; start them with <c>$share/group/</c>.</param>
    /// <param name="handler">See <see cref="MqttHandler"/>.</param>
    /// <param name="holdBack">See <see cref="MqttSubscription.HoldBack"/>.</param>
    public static IHostApplicationBuilder AddOwnBrokerListener(
        this IHostApplicationBuilder builder, string name, IReadOnlyList<string> filters, Func<IServiceProvider, MqttHandler> handler,
        Func<IServiceProvider, Func<string, int, TimeSpan>>? holdBack = null)
    {
        builder.AddMqtt();
        if (builder.Configuration.GetConnectionString(OwnBroker.ConnectionName) is not { Length: > 0 } address)
        {
            return builder;
        }

        builder.Services.TryAddSingleton(services => ActivatorUtilities.CreateInstance<OwnBroker>(
            services, MqttEndpoint.FromConnectionString(address)));
        builder.Services.AddSingleton<IHostedService>(services =>
        {
            var options = services.GetRequiredService<IOptions<MqttListenerOptions>>();
            var subscription = new MqttSubscription
            {
                Name = name,
                ClientId = $"os2iot-ingest-{name}",
                Filters = filters,
                MaxPayload = options.Value.MaxPayload,
                SessionExpiry = options.Value.SessionExpiry,
            };
            subscription = holdBack is null ? subscription : subscription with { HoldBack = holdBack(services) };
            return ActivatorUtilities.CreateInstance<OwnBrokerListener>(services, subscription, handler(services));
        });
        return builder;
    }

    /// <summary>What listeners at our broker and at others' share. May be called more than once.</summary>
    public static IHostApplicationBuilder AddMqtt(this IHostApplicationBuilder builder)
    {
        builder.AddNotifications();
        builder.Services.AddMetrics();
        builder.Services.AddOptions<MqttListenerOptions>()
            .BindConfiguration(MqttListenerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton<MqttMetrics>();
        builder.Services.TryAddSingleton<InstanceRoster>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, InstanceRoster>(
            services => services.GetRequiredService<InstanceRoster>()));
        return builder;
    }
}
