using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

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
    public static IHostApplicationBuilder AddOwnBrokerListener(
        this IHostApplicationBuilder builder, string name, IReadOnlyList<string> filters, Func<IServiceProvider, MqttHandler> handler)
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
            return ActivatorUtilities.CreateInstance<OwnBrokerListener>(services, subscription, handler(services));
        });
        return builder;
    }

    private static void AddMqtt(this IHostApplicationBuilder builder)
    {
        builder.Services.AddMetrics();
        builder.Services.AddOptions<MqttListenerOptions>()
            .BindConfiguration(MqttListenerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton<MqttMetrics>();
    }
}
