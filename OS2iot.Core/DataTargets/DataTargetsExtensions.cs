using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Core.DataTargets;

public static class DataTargetsExtensions
{
    /// <summary>Registers the settings of all target types and their senders.</summary>
    public static IHostApplicationBuilder AddDataTargets(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DataTargetSettings>();
        builder.Services.AddSingleton<DataTargetSenders>();
        builder.Services.AddSingleton<HttpExchange>();
        builder.Services.AddSingleton<AccessTokens>();
        builder.Services.AddEgress();
        foreach (var type in DataTargetTypes.All)
        {
            type.Register(builder.Services);
        }

        return builder;
    }
}
