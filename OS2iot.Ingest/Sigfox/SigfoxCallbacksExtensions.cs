using Microsoft.Extensions.DependencyInjection.Extensions;
using OS2iot.Core.Sigfox;
using OS2iot.Ingest.Answers;

namespace OS2iot.Ingest.Sigfox;

internal static class SigfoxCallbacksExtensions
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post];

    public static IHostApplicationBuilder AddSigfoxCallbacks(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<SigfoxCallbackOptions>()
            .BindConfiguration(SigfoxCallbackOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton<TryAgain>();
        builder.Services.AddSingleton<SigfoxDownlinks>();
        builder.Services.AddSingleton<SigfoxCallbackDoor>();
        builder.Services.AddSingleton<ReceiveSigfoxCallback>();
        return builder;
    }

    /// <summary>Anonymous on purpose: the callbacks show a secret of their device type.</summary>
    public static IEndpointRouteBuilder MapSigfoxCallbacks(this IEndpointRouteBuilder routes)
    {
        var receive = routes.ServiceProvider.GetRequiredService<ReceiveSigfoxCallback>();
        foreach (var kind in SigfoxCallbackKinds.All)
        {
            routes.MapMethods(kind.PathOf(), Methods, context => receive.HandleAsync(context, kind)).AllowAnonymous();
        }

        return routes;
    }
}
