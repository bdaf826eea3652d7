namespace OS2iot.Workers.Delivery;

internal static class DeliveryExtensions
{
    public static IHostApplicationBuilder AddDelivery(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DeliveryOptions>().BindConfiguration(DeliveryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<TargetLanes>();
        builder.Services.AddSingleton<DeliveryTable>();
        builder.Services.AddSingleton<DeliveryLedger>();

        // Hosted services stop in reverse order: those that give the ledger work stop before it.
        builder.Services.AddHostedService(services => services.GetRequiredService<DeliveryLedger>());
        builder.Services.AddSingleton<TargetHealth>();
        builder.Services.AddSingleton<TargetOwners>();
        builder.Services.AddHostedService<TargetHealthJob>();
        builder.Services.AddHostedService<DeliverConsumer>();
        builder.Services.AddHostedService<RetryDeliveries>();
        return builder;
    }
}
