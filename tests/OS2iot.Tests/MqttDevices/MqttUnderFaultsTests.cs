using System.Text;
using Npgsql;
using OS2iot.Simulator.Faults;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.MqttDevices;

/// <summary>Devices publish at our broker with QoS 1 while everybody on the way is killed or cut off: what was acknowledged arrives.</summary>
public sealed class MqttUnderFaultsTests(PostgreSql postgres) : IAsyncLifetime
{
    private readonly List<IngestProcess> _hosts = [];
    private TestDatabase _database = null!;
    private PersistentMosquitto _broker = null!;
    private FaultProxy _way = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _broker = await PersistentMosquitto.StartAsync();
        _way = new FaultProxy(new NpgsqlConnectionStringBuilder(_database.ConnectionString).Port);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            host.Dispose();
        }

        await _way.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("ingest")]
    [InlineData("broker")]
    [InlineData("log")]
    public async Task Messages_WhenSomebodyOnTheWayIsKilledUnderLoad_AllArrive(string victim)
    {
        var devices = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            devices.Add((await MqttIngestHost.ADeviceAsync(_database)).Topic);
        }

        StartIngest();
        await using var publisher = new MqttPublisher(_broker.Port);
        await Until.TrueAsync(async () =>
        {
            await publisher.PublishAsync(devices[0], "{}"u8.ToArray());
            await Task.Delay(200, TestContext.Current.CancellationToken);
            return (await ArrivedAsync()).Contains("{}");
        });

        using var end = new CancellationTokenSource();
        var load = publisher.SendManyAsync(devices, end.Token);
        for (var round = 0; round < 2; round++)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            await HurtAsync(victim);
        }

        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        await end.CancelAsync();
        await load;

        var promised = publisher.Acknowledged.ToHashSet();
        string[] arrived = [];
        await Until.TrueAsync(
            async () => promised.IsSubsetOf(arrived = await ArrivedAsync()), () => $"{promised.Count} promised, {promised.Except(arrived).Count()} missing.");
        TestContext.Current.SendDiagnosticMessage(
            $"{victim}: {promised.Count} acknowledged, 0 lost, {arrived.Count(a => a != "{}") - arrived.Where(a => a != "{}").Distinct().Count()} twice");
    }

    private async Task HurtAsync(string victim)
    {
        switch (victim)
        {
            case "ingest":
                _hosts[^1].Kill();
                StartIngest();
                break;
            case "broker":
                await _broker.KillAsync();
                await _broker.RunAsync();
                break;
            default:
                _way.Cut();
                await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
                _way.Heal();
                break;
        }
    }

    private void StartIngest() => _hosts.Add(new IngestProcess(
        new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Port = _way.Port }.ConnectionString, $"mqtt://127.0.0.1:{_broker.Port}"));

    private async Task<string[]> ArrivedAsync()
    {
        var table = await _database.ScalarAsync<string>("SELECT table_name FROM log_topics WHERE topic = 'uplinks'");
        await using var command = _database.DataSource.CreateCommand($"SELECT value FROM {table}");
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync())
        {
            values.Add(Encoding.UTF8.GetString((byte[])reader[0]));
        }

        return [.. values];
    }
}
