namespace OS2iot.Simulator.Brokers;

internal static class OutsideBrokerExtensions
{
    /// <summary>Plays somebody else's MQTT broker, where Simulator:BrokerPort says.</summary>
    public static WebApplicationBuilder AddOutsideBroker(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OutsideBroker>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OutsideBroker>());
        return builder;
    }
}
