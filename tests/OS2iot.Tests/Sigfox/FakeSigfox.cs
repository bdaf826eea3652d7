using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Simulator.Sigfox;

namespace OS2iot.Tests.Sigfox;

/// <summary>The simulator's Sigfox alone, on a port of loopback.</summary>
internal sealed class FakeSigfox : IAsyncDisposable
{
    public const string Password = "sigfox-password-1";

    private readonly WebApplication _app;

    private FakeSigfox(WebApplication app) => _app = app;

    public SigfoxCloud Cloud => _app.Services.GetRequiredService<SigfoxCloud>();

    public SigfoxRadio Radio => _app.Services.GetRequiredService<SigfoxRadio>();

    public Uri Address => new(_app.Urls.First() + SigfoxCloudExtensions.Path);

    public static async Task<FakeSigfox> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddSigfoxCloud();
        var app = builder.Build();
        app.MapSigfoxCloud();
        await app.StartAsync();
        return new FakeSigfox(app);
    }

    /// <summary>Answers no more, as when the line is cut.</summary>
    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
