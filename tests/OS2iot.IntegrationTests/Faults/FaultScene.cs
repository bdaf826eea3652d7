using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.HttpPush;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Secrets;
using OS2iot.Simulator.Faults;
using OS2iot.Tests.Fakes;

namespace OS2iot.IntegrationTests.Faults;

/// <param name="Id">In the database.</param>
/// <param name="ApiKey">It posts with it.</param>
/// <param name="Target">Index of the only target that gets its messages.</param>
/// <param name="IsDecoded">Whether a decoder stands between.</param>
internal sealed record TestDevice(int Id, string ApiKey, int Target, bool IsDecoded);

/// <summary>
/// Ingest and Workers as processes of their own, on a durable PostgreSQL that each reaches by a route of its own, and where asked for
/// on a Kafka cluster; devices; data targets. Everything there is to break.
/// </summary>
internal sealed class FaultScene : IAsyncDisposable
{
    public const int Partitions = 8;

    private const string MasterKeySetting = "only for tests of faults, and only on this machine";

    private const string Decoder = "function decode(payload, metadata) { return { n: payload.n, twice: payload.n * 2, name: metadata.name }; }";

    private readonly PostgreSqlCluster _cluster;
    private readonly SemaphoreSlim _crashing = new(1, 1);

    private FaultScene(PostgreSqlCluster cluster, Receivers receivers)
    {
        (_cluster, Receivers) = (cluster, receivers);
        var port = new NpgsqlConnectionStringBuilder(cluster.ConnectionString).Port;
        (IngestLink, WorkersLink) = (new FaultProxy(port), new FaultProxy(port));

        // A connection each time: those of a pool don't survive what happens here.
        Database = NpgsqlDataSource.Create(ConnectionString() + ";Pooling=false");
    }

    public Receivers Receivers { get; }

    /// <summary>Between Ingest and PostgreSQL.</summary>
    public FaultProxy IngestLink { get; }

    /// <summary>Between Workers and PostgreSQL.</summary>
    public FaultProxy WorkersLink { get; }

    public KafkaCluster? Kafka { get; private init; }

    public KeptHost Ingest { get; private set; } = null!;

    public KeptHost Workers { get; private set; } = null!;

    public IReadOnlyList<TestDevice> Devices { get; private set; } = [];

    /// <summary>Past all faults.</summary>
    public NpgsqlDataSource Database { get; }

    /// <param name="log">Kafka's cluster is within this process.</param>
    /// <param name="devices">How many; they share the targets evenly, and every fifth has no decoder.</param>
    /// <param name="targets">How many.</param>
    /// <param name="settings">Of Workers and Ingest, besides the usual ones of these tests.</param>
    public static async Task<FaultScene> StartAsync(LogKind log, int devices, int targets, IReadOnlyDictionary<string, string>? settings = null)
    {
        var scene = new FaultScene(await PostgreSqlCluster.StartAsync(durable: true), await Receivers.StartAsync(targets))
        {
            Kafka = log == LogKind.Kafka ? new KafkaCluster(partitions: Partitions) : null,
        };
        await scene.FillAsync(devices);
        scene.Ingest = new KeptHost("OS2iot.Ingest", scene.Settings(scene.IngestLink, settings));
        scene.Workers = new KeptHost("OS2iot.Workers", scene.Settings(scene.WorkersLink, settings));
        await scene.WaitUntilReadyAsync();
        return scene;
    }

    public async Task WaitUntilReadyAsync()
    {
        await Ingest.WaitUntilReadyAsync();
        await Workers.WaitUntilReadyAsync();
    }

    /// <summary>Ends PostgreSQL as a crash does, and starts it again after a while.</summary>
    public async Task CrashPostgreSqlAsync(TimeSpan down)
    {
        // On a busy machine one crash can outlast the time to the next.
        await _crashing.WaitAsync();
        try
        {
            await _cluster.CrashAsync();
            await Task.Delay(down);
            await _cluster.RestartAsync();
        }
        finally
        {
            _crashing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Ingest.DisposeAsync();
        await Workers.DisposeAsync();
        await Database.DisposeAsync();
        await IngestLink.DisposeAsync();
        await WorkersLink.DisposeAsync();
        await Receivers.DisposeAsync();
        Kafka?.Dispose();
        _crashing.Dispose();
        await _cluster.DisposeAsync();
    }

    private string ConnectionString(FaultProxy? by = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(_cluster.ConnectionString) { Database = "os2iot" };
        settings.Port = by?.Port ?? settings.Port;
        return settings.ConnectionString;
    }

    /// <summary>The product's own settings, with waits of seconds in place of minutes and days.</summary>
    private Dictionary<string, string> Settings(FaultProxy link, IReadOnlyDictionary<string, string>? more)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__os2iot"] = ConnectionString(link),
            ["Secrets__MasterKey"] = MasterKeySetting,
            ["Egress__AllowedHosts__0"] = "127.0.0.1",
            ["Messaging__AppendTimeout"] = "00:00:03",
            ["Messaging__Lease"] = "00:00:03",
            ["Messaging__FirstBackOff"] = "00:00:00.2",
            ["Messaging__LongestBackOff"] = "00:00:02",
            ["Delivery__TryTimeout"] = "00:00:02",
            ["Delivery__Lease"] = "00:00:05",
            ["Delivery__PollInterval"] = "00:00:00.2",
            ["Delivery__FirstPause"] = "00:00:00.5",
            ["Delivery__LongestPause"] = "00:00:02",
        };
        for (var i = 0; i < 9; i++)
        {
            settings[$"Delivery__Waits__{i}"] = i < 2 ? "00:00:00.3" : "00:00:01";
        }

        if (Kafka is not null)
        {
            settings["ConnectionStrings__kafka"] = Kafka.Servers;

            // This cluster answers an empty fetch only after its full wait.
            settings["Messaging__Kafka__fetch.wait.max.ms"] = "20";

            // A broker refuses what comes behind a request that it refused; this cluster takes it, and the client then rightly believes that
            // the one before was taken too. With one request at a time there is nothing behind.
            settings["Messaging__Kafka__max.in.flight.requests.per.connection"] = "1";
        }

        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            settings[name] = value;
        }

        return settings;
    }

    private async Task FillAsync(int devices)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:os2iot"] = ConnectionString(),
            ["Secrets:MasterKey"] = MasterKeySetting,
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddDatabase();
        builder.AddSecrets();
        builder.AddDataTargets();
        using var host = builder.Build();
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        await db.Database.MigrateAsync();

        var organization = new Organization { Name = "Faults" };
        var application = new Application { Name = "Faults", Organization = organization };
        var decoder = new PayloadDecoder { Name = "Faults", DecodingFunction = Decoder, Organization = organization };
        var hash = host.Services.GetRequiredService<LookupHash>();
        var type = DataTargetTypes.Find("HTTP_PUSH")!;
        var made = new List<(GenericHttpDevice Device, string ApiKey, int Target, bool IsDecoded)>();
        foreach (var (receiver, target) in Receivers.All.Select((receiver, i) => (receiver, i)))
        {
            var settings = new HttpPushSettings { Url = receiver.Url, Timeout = 1500 };
            var stored = new DataTarget
            {
                Name = $"target {target}",
                Type = type.Name,
                Application = application,
                Settings = host.Services.GetRequiredService<DataTargetSettings>().Write(type, settings),
            };
            var decoded = new DataTargetConnection { DataTarget = stored, PayloadDecoder = decoder };
            var asItCame = new DataTargetConnection { DataTarget = stored };
            for (var i = target; i < devices; i += Receivers.All.Count)
            {
                var key = Guid.NewGuid().ToString();
                var device = new GenericHttpDevice { Name = $"device {i}", Application = application, ApiKeyHash = hash.Of(key), ApiKeyCiphertext = "" };
                var isDecoded = i % 5 != 0;
                (isDecoded ? decoded : asItCame).Devices.Add(device);
                made.Add((device, key, target, isDecoded));
            }

            db.AddRange(decoded, asItCame);
        }

        await db.SaveChangesAsync();
        Devices = [.. made.Select(m => new TestDevice(m.Device.Id, m.ApiKey, m.Target, m.IsDecoded))];
    }
}
