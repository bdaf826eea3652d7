using Microsoft.Extensions.DependencyInjection.Extensions;
using OS2iot.Ingest.Answers;

namespace OS2iot.Ingest.GenericHttp;

internal static class GenericHttpExtensions
{
    public static IHostApplicationBuilder AddGenericHttp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<GenericHttpOptions>()
            .BindConfiguration(GenericHttpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddRequestDecompression();
        builder.Services.TryAddSingleton<TryAgain>();
        builder.Services.AddSingleton<ReceiveData>();
        return builder;
    }

    /// <summary>
    /// Anonymous on purpose: the device's key is in the address. A plain delegate, as this is the busiest path of the product and
    /// has nothing to bind.
    /// </summary>
    public static IEndpointRouteBuilder MapGenericHttp(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/receive-data", routes.ServiceProvider.GetRequiredService<ReceiveData>().HandleAsync).AllowAnonymous();
        return routes;
    }
}
