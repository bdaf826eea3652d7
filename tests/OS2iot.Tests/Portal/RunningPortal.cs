using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using OS2iot.Portal.Api;

namespace OS2iot.Tests.Portal;

/// <summary>The portal as it runs, against an Api at the given address.</summary>
public sealed class RunningPortal(string api) : WebApplicationFactory<ListState>
{
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Api:Address", api);
        builder.UseSetting("Api:Timeout", "00:00:20");
        builder.UseSetting("Ingest:PublicUrl", "https://iot.skovby.example");
        builder.UseEnvironment("Production");
    }
}
