using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using OS2iot.Core.SignIn;

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
        builder.Services.AddOptions<OidcOptions>().BindConfiguration(OidcOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        ProviderKeys.WaitForNewOnes();
        builder.Services.AddHttpClient(ExternalTokens.HttpClientName, (services, client) =>
            client.Timeout = services.GetRequiredService<IOptions<OidcOptions>>().Value.Timeout);
        builder.Services.AddSingleton<ExternalTokens>();
        builder.Services.AddScoped<ExternalSignIn>();
        if (builder.Configuration[$"{OidcOptions.Section}:{nameof(OidcOptions.Authority)}"] is { Length: > 0 })
        {
            builder.Services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>, ConfigureOidc>();
            builder.Services.AddAuthentication().AddOpenIdConnect(ConfigureOidc.Scheme, _ => { });
        }

        return builder;
    }
}
