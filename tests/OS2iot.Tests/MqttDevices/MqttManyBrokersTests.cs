using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.MqttDevices;

/// <summary>As many subscriptions at others' brokers as a whole region has, in one process.</summary>
public sealed class MqttManyBrokersTests(PostgreSql postgres, ITestOutputHelper output)
{
    private const int Many = 1_000;

    private const long MostMemory = 300L * 1024 * 1024;

    [Fact]
    public async Task Connections_WhenThereAreAThousand_StayWithinTheirMemory()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var broker = await PersistentMosquitto.StartAsync();
        await using var publisher = new MqttPublisher(broker.Port);
        await MqttIngestHost.ADeviceAsync(database);
        await database.ExecuteAsync(
            $"""
            INSERT INTO devices (type, name, application_id, mqtt_authentication, mqtt_url, mqtt_port, mqtt_topic_name, mqtt_qos, invalid_mqtt_config, created_at, updated_at)
            SELECT 'MQTT_EXTERNAL_BROKER', 'd ' || n, a.id, 'Password', 'mqtt://127.0.0.1', {broker.Port}, 't/' || n, 1, false, now(), now()
            FROM applications a, generate_series(1, {Many}) n;
            """);
        using var ingest = new IngestProcess(database.ConnectionString, settings: [("Egress__AllowedHosts__0", "127.0.0.1")]);

        await Until.TrueAsync(
            async () => ingest.HasExited || await CountAsync(database, "devices WHERE mqtt_connection_state = 'Connected'") == Many);
        await Task.WhenAll(Enumerable.Range(1, Many).Select(n => publisher.PublishAsync($"t/{n}", """{"temperature":21.5}"""u8.ToArray())));
        var table = await database.ScalarAsync<string>("SELECT table_name FROM log_topics WHERE topic = 'uplinks'");
        await Until.TrueAsync(async () => await CountAsync(database, table!) >= Many);

        output.WriteLine($"{Many} subscriptions: {ingest.PeakMemory / 1024 / 1024} MB at most.");
        Assert.InRange(ingest.PeakMemory, 1, MostMemory);
    }

    private static Task<long> CountAsync(TestDatabase database, string what) => database.ScalarAsync<long>($"SELECT count(*) FROM {what}")!;
}
