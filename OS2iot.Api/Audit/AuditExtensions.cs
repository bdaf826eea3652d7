namespace OS2iot.Api.Audit;

internal static class AuditExtensions
{
    /// <summary>Registers telling the audit log of what failed. What succeeds is told by the database context.</summary>
    public static IHostApplicationBuilder AddAudit(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FailureLog>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FailureLog>());
        return builder;
    }
}
