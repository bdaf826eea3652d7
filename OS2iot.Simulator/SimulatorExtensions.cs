namespace OS2iot.Simulator;

internal static class SimulatorExtensions
{
    public static WebApplicationBuilder AddSimulator(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<SimulatorOptions>()
            .BindConfiguration(SimulatorOptions.Section)
            .Configure(options => options.IsProduction = builder.Environment.IsProduction())
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddHostedService<LoopbackOnly>();
        return builder;
    }
}
