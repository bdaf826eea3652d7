using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.ChirpStack.Protos;
using OS2iot.Simulator.ChirpStack;

namespace OS2iot.Tests.ChirpStack;

/// <summary>The simulator's ChirpStack on a port of loopback, with a client.</summary>
internal sealed class RunningChirpStack : IAsyncDisposable
{
    public const string ApiKey = "the-key-of-the-tests";

    private readonly WebApplication _app;
    private readonly ClientOf _client;

    private RunningChirpStack(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        _client = new ClientOf(Address, ApiKey);
    }

    public Uri Address { get; }

    public ChirpStackClient Client => _client.Client;

    public ChirpStackNetwork Network => _app.Services.GetRequiredService<ChirpStackNetwork>();

    public ChirpStackRadio Radio => _app.Services.GetRequiredService<ChirpStackRadio>();

    /// <param name="broker">A connection string; nothing can be published without.</param>
    /// <param name="topicPrefix">Of gateways' topics.</param>
    /// <param name="port">The port of one that was there before; 0 for any.</param>
    public static async Task<RunningChirpStack> StartAsync(string? broker = null, string topicPrefix = "", int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:mosquitto"] = broker,
            [$"{PlayedChirpStackOptions.Section}:ApiKey"] = ApiKey,
            [$"{PlayedChirpStackOptions.Section}:TopicPrefix"] = topicPrefix,
        });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddPlayedChirpStack();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port, l => l.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.MapPlayedChirpStack();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningChirpStack(app);
    }

    /// <summary>A tenant with an application, a profile, a gateway and a device with keys.</summary>
    public async Task<PlayedThings> AddThingsAsync(string devEui = "0102030405060708", string gatewayId = "00aa00bb00cc00dd")
    {
        var ct = TestContext.Current.CancellationToken;
        var tenant = await Client.Tenants.CreateAsync(new Tenant { Name = "A tenant", CanHaveGateways = true }, ct);
        var application = await Client.Applications.CreateAsync(new Application { Name = "An application", TenantId = tenant }, ct);
        var profile = await Client.DeviceProfiles.CreateAsync(
            new OS2iot.Core.ChirpStack.Protos.DeviceProfile { Name = "A profile", TenantId = tenant, SupportsOtaa = true }, ct);
        await Client.Gateways.CreateAsync(
            new Gateway { GatewayId = gatewayId, Name = "A gateway", TenantId = tenant, StatsInterval = 30, Location = new Location { Latitude = 57.5 } }, ct);
        await Client.Devices.CreateAsync(
            new Device { DevEui = devEui, Name = "A device", ApplicationId = application, DeviceProfileId = profile }, ct);
        await Client.Devices.CreateKeysAsync(new DeviceKeys { DevEui = devEui, NwkKey = new string('1', 32) }, ct);
        return new PlayedThings(tenant, application, profile, gatewayId, devEui);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}

internal sealed record PlayedThings(string TenantId, string ApplicationId, string ProfileId, string GatewayId, string DevEui);
