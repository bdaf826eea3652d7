using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OS2iot.ServiceDefaults;
using OS2iot.Simulator;
using OS2iot.Simulator.Brokers;
using OS2iot.Simulator.Demo;
using OS2iot.Simulator.Sinks;

namespace OS2iot.Tests.Simulator;

public sealed class DemoTests : IAsyncLifetime
{
    private const string Connections = "iot-device-payload-decoder-data-target-connection";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 4, 9, 0, 0, TimeSpan.Zero));
    private readonly string _credentials = Path.GetTempFileName();
    private FakeApiAndIngest? _world;

    /// <summary>Those that post.</summary>
    private static int Devices => DemoTown.Applications.Sum(a => a.Devices.Count(d => d.Connection == DemoConnection.Http));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private FakeApiAndIngest World => _world!;

    public async ValueTask InitializeAsync()
    {
        _world = await FakeApiAndIngest.StartAsync();
        await File.WriteAllLinesAsync(_credentials, ["admin@os2iot.example", "a password"], Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        File.Delete(_credentials);
    }

    [Fact]
    public async Task Demo_WhenStartedTwice_BuildsTheTownOnceAndSendsToWhereItIsNow()
    {
        var targets = new List<string>();
        for (var start = 0; start < 2; start++)
        {
            var before = World.Keys.Length;
            await using var simulator = await StartAsync();
            await UntilAsync(() => World.Keys.Skip(before).Distinct().Count() == Devices);
            targets.Add(World.Of("data-target")[0]["url"]!.GetValue<string>());
        }

        Assert.NotEqual(targets[0], targets[1]);
        Assert.Single(World.Of("organization"));
        Assert.Equal(DemoTown.Applications.Count, World.Of("application").Count);
        Assert.Equal(DemoTown.Applications.Count, World.Of("data-target").Count);
        Assert.Equal(DemoTown.Applications.Count, World.Of(Connections).Count);
        Assert.Equal(DemoTown.Applications.Count(a => a.Decoder is not null), World.Of("payload-decoder").Count);
        Assert.Equal(DemoTown.Applications.Sum(a => a.Devices.Count(d => d.Connection != DemoConnection.MqttSubscription)), World.Of("iot-device").Count);
        Assert.All(World.Of("payload-decoder"), d => Assert.StartsWith("\"", d["decodingFunction"]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.All(World.Of("data-target"), t => Assert.StartsWith("http://127.0.0.1:", t["url"]!.GetValue<string>(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Demo_SendsFirstMessagesAtOnceAndThenInTurn()
    {
        await using var simulator = await StartAsync();
        await UntilAsync(() => World.Keys.Distinct().Count() == Devices);

        var most = 0;
        for (var second = 0; second < 60; second++)
        {
            var before = World.Keys.Length;
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20, Ct);
            most = Math.Max(most, World.Keys.Length - before);
        }

        Assert.All(World.Keys.GroupBy(k => k), device => Assert.InRange(device.Count(), 3, 5));
        Assert.InRange(most, 1, 6);
    }

    [Fact]
    public async Task Demo_WhenAskedToWait_Waits()
    {
        World.RetryAfter = 120;
        await using var simulator = await StartAsync();
        await UntilAsync(() => World.Keys.Distinct().Count() == Devices);
        World.RetryAfter = null;

        // The answers have to arrive, and the waits to begin, before the clock moves.
        await Task.Delay(500, Ct);
        _clock.Advance(TimeSpan.FromSeconds(100));
        await Task.Delay(300, Ct);
        Assert.Equal(Devices, World.Keys.Length);

        await UntilAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            return World.Keys.Length >= 2 * Devices;
        });
    }

    [Fact]
    public async Task Simulator_WhenItListensToOthers_DoesNotStart()
    {
        await using var app = Build("http://0.0.0.0:0", SimulatorOptions.Idle);

        await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(Ct));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Simulator_InProduction_StartsOnlyWhenAsked(bool enabled, bool starts)
    {
        await using var app = Build("http://127.0.0.1:0", SimulatorOptions.Idle, "Production", enabled);

        if (starts)
        {
            await app.StartAsync(Ct);
        }
        else
        {
            await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync(Ct));
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private async Task<WebApplication> StartAsync()
    {
        var app = Build("http://127.0.0.1:0", SimulatorOptions.Demo);
        await app.StartAsync(Ct);
        return app;
    }

    private WebApplication Build(string url, string mode, string environment = "Development", bool enabled = false)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["services:api:http:0"] = World.Url,
            ["services:ingest:http:0"] = World.Url,
            ["FirstAdministrator:CredentialsFile"] = _credentials,
            ["Simulator:Mode"] = mode,
            ["Simulator:Enabled"] = enabled.ToString(),
        });
        builder.AddServiceDefaults();
        builder.AddSimulator();
        builder.AddSinks();
        builder.AddOutsideBroker();
        builder.AddDemo();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        var app = builder.Build();
        app.MapSinks();
        app.Urls.Add(url);
        return app;
    }
}
