namespace OS2iot.Workers.Decoding;

internal static class DecodingExtensions
{
    public static IHostApplicationBuilder AddDecoding(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<UplinkDecoder>();
        builder.Services.AddHostedService<DecodeConsumer>();
        return builder;
    }
}
