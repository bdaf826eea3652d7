using Microsoft.Extensions.DependencyInjection.Extensions;
using OS2iot.Core.Sigfox;
using OS2iot.Ingest.Answers;

namespace OS2iot.Ingest.Sigfox;

internal static class SigfoxCallbacksExtensions
{
    public static IHostApplicationBuilder AddSigfoxCallbacks(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<SigfoxCallbackOptions>()
            .BindConfiguration(SigfoxCallbackOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton<TryAgain>();
        builder.Services.AddSingleton<SigfoxDownlinks>();
        builder.Services.AddSingleton<ReceiveSigfoxCallback>();
        return builder;
    }

    /// <summary>Anonymous on purpose: the device type's id in the address is what Sigfox knows.</summary>
    public static IEndpointRouteBuilder MapSigfoxCallbacks(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/sigfox-callback/data/bidir", routes.ServiceProvider.GetRequiredService<ReceiveSigfoxCallback>().HandleAsync)
            .AllowAnonymous();
        return routes;
    }
}
