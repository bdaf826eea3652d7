using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.HttpPush;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Secrets;
using OS2iot.Tests.Fakes;

namespace OS2iot.Benchmarks;

/// <summary>A database of its own with devices that post, one decoder and one target.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private const string MasterKeySetting = "only for measuring, and only on this machine";

    private const string Decoder =
        """
        function decode(payload, metadata) {
            return { n: payload.n, waterLevel: payload.level * 100, battery: payload.battery, device: metadata.name, samples: payload.samples };
        }
        """;

    private readonly PostgreSqlCluster _cluster;

    private Scene(PostgreSqlCluster cluster, string connectionString) => (_cluster, ConnectionString) = (cluster, connectionString);

    public string ConnectionString { get; }

    public int PostgresProcess => _cluster.ProcessId;

    /// <summary>Addresses below Ingest, one a device.</summary>
    public IReadOnlyList<string> Paths { get; private set; } = [];

    /// <param name="devices">How many.</param>
    /// <param name="sinkPort">Where the target is; null for no target.</param>
    public static async Task<Scene> CreateAsync(int devices, int? sinkPort)
    {
        var cluster = await PostgreSqlCluster.StartAsync(durable: true, "shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=all");
        var scene = new Scene(cluster, cluster.ConnectionString.Replace("Database=postgres", "Database=os2iot", StringComparison.Ordinal));
        await scene.FillAsync(devices, sinkPort);
        return scene;
    }

    public Dictionary<string, string> Environment(string? kafka, int? sinkPort)
    {
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__os2iot"] = ConnectionString,
            ["Secrets__MasterKey"] = MasterKeySetting,
            ["Limits__DevicePerSecond"] = "0",
            ["Limits__AddressPerSecond"] = "0",
            ["Limits__OrganizationPerMinute"] = "0",
        };
        if (kafka is not null)
        {
            environment["ConnectionStrings__kafka"] = kafka;

            // The in-process cluster answers an empty fetch only after its whole wait, whatever comes meanwhile; a broker answers at once.
            environment["Messaging__Kafka__fetch.wait.max.ms"] = "5";
        }

        if (sinkPort is not null)
        {
            environment["Egress__AllowedHosts__0"] = $"127.0.0.1:{sinkPort}";
        }

        return environment;
    }

    /// <summary>The statements that took the server longest since the last call, for whoever wants to know where its time went.</summary>
    public async Task<IReadOnlyList<string>> SlowestStatementsAsync(int count)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(ConnectionString);
        await using var command = database.CreateCommand(
            $"""
            SELECT format('%10s ms %9s calls %9s rows  %s', round(total_exec_time), calls, rows, left(regexp_replace(query, '\s+', ' ', 'g'), 150))
            FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT {count}
            """);
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    private async Task FillAsync(int devices, int? sinkPort)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(
        [
            new("ConnectionStrings:os2iot", ConnectionString),
            new("Secrets:MasterKey", MasterKeySetting),
        ]);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddDatabase();
        builder.AddSecrets();
        builder.AddDataTargets();
        using var host = builder.Build();
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        await db.Database.MigrateAsync();
        await db.Database.ExecuteSqlRawAsync("CREATE EXTENSION pg_stat_statements");

        var organization = new Organization { Name = "Measured" };
        var application = new Application { Name = "Measured", Organization = organization };
        var keys = Enumerable.Range(0, devices).Select(_ => Guid.NewGuid().ToString()).ToList();
        var hash = host.Services.GetRequiredService<LookupHash>();
        application.Devices.AddRange(keys.Select((key, i) => new GenericHttpDevice
        {
            Name = $"device {i}",
            ApiKeyHash = hash.Of(key),
            ApiKeyCiphertext = "",
        }));
        db.Applications.Add(application);
        await db.SaveChangesAsync();
        if (sinkPort is not null)
        {
            var type = DataTargetTypes.Find("HTTP_PUSH")!;
            var settings = new HttpPushSettings { Url = $"http://127.0.0.1:{sinkPort}/" };
            var connection = new DataTargetConnection
            {
                PayloadDecoder = new PayloadDecoder { Name = "Measured", DecodingFunction = Decoder, Organization = organization },
                DataTarget = new DataTarget
                {
                    Name = "Measured",
                    Type = type.Name,
                    Application = application,
                    Settings = host.Services.GetRequiredService<DataTargetSettings>().Write(type, settings),
                },
            };
            connection.Devices.AddRange(application.Devices);
            db.DataTargetConnections.Add(connection);
            await db.SaveChangesAsync();
        }

        Paths = [.. keys.Select(key => $"/api/v1/receive-data?apiKey={key}")];
    }
}
