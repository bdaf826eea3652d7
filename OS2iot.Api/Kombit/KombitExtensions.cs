namespace OS2iot.Api.Kombit;

internal static class KombitExtensions
{
    public static IHostApplicationBuilder AddKombit(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<KombitOptions>().BindConfiguration(KombitOptions.Section)
            .Validate(
                options => options.AllowedRedirects.All(r => r.IsAbsoluteUri && r.Scheme is "https" or "http"),
                "Kombit:AllowedRedirects must be origins such as https://os2iot.example.dk.")
            .ValidateOnStart();
        return builder;
    }
}
