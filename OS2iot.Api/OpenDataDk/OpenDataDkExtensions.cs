using Microsoft.AspNetCore.ResponseCompression;

namespace OS2iot.Api.OpenDataDk;

internal static class OpenDataDkExtensions
{
    /// <summary>Registers what shares data with the public. Needs a mailer.</summary>
    public static IHostApplicationBuilder AddOpenDataDk(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<OpenDataDkOptions>()
            .BindConfiguration(OpenDataDkOptions.Section).ValidateDataAnnotations()
            .Validate(
                options => options.PublicUrl is null or { IsAbsoluteUri: true, Scheme: "http" or "https" },
                "OpenDataDk:PublicUrl must be an http or https address.")
            .ValidateOnStart();
        builder.Services.AddSingleton<SharedData>();
        builder.Services.AddScoped<SharedDatasets>();
        builder.Services.Configure<ResponseCompressionOptions>(options =>
            options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, PublicAnswer.LinkedData]);
        return builder;
    }
}
