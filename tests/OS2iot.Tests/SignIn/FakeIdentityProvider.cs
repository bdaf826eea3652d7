using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Simulator.IdentityProvider;

namespace OS2iot.Tests.SignIn;

/// <summary>The simulator's identity provider alone, on a port of loopback.</summary>
internal sealed class FakeIdentityProvider : IAsyncDisposable
{
    public const string ClientId = "os2iot-portal";

    private readonly WebApplication _app;

    private FakeIdentityProvider(WebApplication app) => _app = app;

    /// <summary>Also the issuer.</summary>
    public string Authority => _app.Urls.First() + "/";

    public ProviderSessions Sessions => _app.Services.GetRequiredService<ProviderSessions>();

    public TokenForger Tokens => _app.Services.GetRequiredService<TokenForger>();

    public LogoutSender Logout => _app.Services.GetRequiredService<LogoutSender>();

    public static async Task<FakeIdentityProvider> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddIdentityProvider();
        var app = builder.Build();
        app.MapIdentityProvider();
        await app.StartAsync();
        return new FakeIdentityProvider(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
