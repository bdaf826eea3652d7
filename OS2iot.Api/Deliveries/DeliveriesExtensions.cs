namespace OS2iot.Api.Deliveries;

internal static class DeliveriesExtensions
{
    /// <summary>Registers sending messages again.</summary>
    public static IHostApplicationBuilder AddDeliveries(this IHostApplicationBuilder builder)
    {
        builder.Services.AddScoped<DeliveryQueue>();
        builder.Services.AddScoped<DeviceResend>();
        return builder;
    }
}
