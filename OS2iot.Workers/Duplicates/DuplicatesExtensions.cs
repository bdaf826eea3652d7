namespace OS2iot.Workers.Duplicates;

internal static class DuplicatesExtensions
{
    public static IHostApplicationBuilder AddDuplicates(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DuplicatesOptions>().BindConfiguration(DuplicatesOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<FirstReceptions>();
        builder.Services.AddHostedService<ForgetFirstsJob>();
        return builder;
    }
}
