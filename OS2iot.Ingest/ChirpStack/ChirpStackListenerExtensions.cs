using OS2iot.Ingest.Mqtt;

namespace OS2iot.Ingest.ChirpStack;

internal static class ChirpStackListenerExtensions
{
    /// <summary>Instances of this host share the messages between them.</summary>
    private const string Share = "$share/os2iot/";

    /// <summary>Takes what ChirpStack and gateways publish at our broker.</summary>
    public static IHostApplicationBuilder AddChirpStackListener(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ChirpStackMetrics>();
        builder.Services.AddSingleton<ReceiveChirpStackMessage>();
        builder.AddOwnBrokerListener(
            "chirpstack",
            [.. ChirpStackTopic.Filters.Select(f => Share + f)],
            services => services.GetRequiredService<ReceiveChirpStackMessage>().HandleAsync);
        return builder;
    }
}
