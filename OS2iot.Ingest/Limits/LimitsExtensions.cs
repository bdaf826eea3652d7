namespace OS2iot.Ingest.Limits;

internal static class LimitsExtensions
{
    public static IHostApplicationBuilder AddLimits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LimitsOptions>()
            .BindConfiguration(LimitsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<OrganizationQuotas>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OrganizationQuotas>());
        builder.Services.AddSingleton<IngestLimits>();
        builder.Services.AddSingleton<RecentMessages>();
        return builder;
    }
}
