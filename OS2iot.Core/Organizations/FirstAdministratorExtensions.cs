using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OS2iot.Core.Organizations;

public static class FirstAdministratorExtensions
{
    public static IHostApplicationBuilder AddFirstAdministrator(this IHostApplicationBuilder builder)
    {
        builder.Services.AddScoped<FirstAdministrator>();
        return builder;
    }
}
