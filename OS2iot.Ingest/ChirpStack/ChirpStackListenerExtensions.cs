namespace OS2iot.Ingest.ChirpStack;

internal static class ChirpStackListenerExtensions
{
    /// <summary>Takes what ChirpStack and gateways publish.</summary>
    public static IHostApplicationBuilder AddChirpStackListener(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ChirpStackMetrics>();
        builder.Services.AddSingleton<ReceiveChirpStackMessage>();
        return builder;
    }
}
