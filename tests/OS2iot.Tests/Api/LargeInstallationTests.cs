using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;
using OS2iot.Core.Organizations;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.Api;

/// <summary>
/// 100,000 devices in one application and as many in fifty other organizations. Holds what makes lists quick (few commands, no reading of
/// all devices for a page), and prints how long they take; times are for people, because machines differ.
/// </summary>
public sealed class LargeInstallationTests(PostgreSql postgres) : IAsyncLifetime
{
    private const int Rounds = 20;

    /// <summary>Rows of devices read one after the other in all rounds of one list that are none too many: small tables are read so.</summary>
    private const long FewRows = 10 * 100_000;

    private readonly ApiHost _api = new(postgres);

    private int _organization;
    private int _application;
    private int _small;
    private int _decoder;

    public async ValueTask InitializeAsync()
    {
        await _api.InitializeAsync();
        _organization = await _api.AnOrganization();
        _application = await _api.AnApplication(_organization);
        _small = await _api.AnApplication(_organization);
        _decoder = await _api.ADecoder(_organization);
        await SeedAsync();
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task List_WhenManyDevices_ReadsNoMoreThanItsPage()
    {
        var admin = await _api.SignedInAsGlobalAdmin();
        var reader = await _api.SignedInAsReaderOf(_organization, _application, _small);
        var userAdmin = await _api.SignedInAsUserAdminOf(_organization);
        using var commands = new SqlCommands(_api);
        var problems = new List<string>();
        var before = await RowsReadInSequenceAsync();

        string[] orders = ["id", "name", "active", "rssi", "snr", "deviceModel", "dataTargets"];
        foreach (var query in orders.SelectMany(o => new[] { $"orderOn={o}&sort=ASC", $"orderOn={o}&sort=DESC", $"orderOn={o}&sort=ASC&offset=50000" }))
        {
            await MeasureAsync(reader, $"application/{_application}/iot-devices?{query}", commands, maxCommands: 16, problems);
        }

        await MeasureAsync(reader, $"application/{_small}/iot-devices?orderOn=active&sort=DESC", commands, maxCommands: 16, problems);
        foreach (var query in new[] { "", "?orderOn=devices&sort=DESC", "?orderOn=dataTargets&sort=DESC", "?orderOn=name&sort=ASC&limit=25", "?limit=1000" })
        {
            await MeasureAsync(admin, $"application{query}", commands, maxCommands: 12, problems);
        }

        await MeasureAsync(userAdmin, $"application?organizationId={_organization}&orderOn=devices&sort=ASC", commands, maxCommands: 12, problems);
        await MeasureAsync(admin, $"application/{_application}", commands, maxCommands: 16, problems);
        foreach (var (client, q) in new[]
        {
            (admin, "Sensor 77123"), (admin, "sensor"), (admin, "77"), (admin, "%C3%B8"), (admin, "nowhere at all"), (admin, "0123456789abcdef"),
            (admin, "00000000-0000-0000-0000-000000000000"), (reader, "Sensor 77123"), (reader, "sensor"), (userAdmin, "flag"),
        })
        {
            await MeasureAsync(client, $"search?q={q}&limit=10&offset=0", commands, maxCommands: 10, problems);
        }

        await MeasureAsync(reader, $"iot-device/minimalByPayloadDecoder/{_decoder}", commands, maxCommands: 6, problems);
        Assert.True(problems.Count == 0, string.Join("\n\n", problems));
        Assert.InRange(await RowsReadInSequenceAsync() - before, 0, FewRows);
    }

    [Fact]
    public async Task Export_WhenManyDevices_ComesInPieces()
    {
        var admin = await _api.SignedInAsGlobalAdmin();
        var clock = Stopwatch.StartNew();
        using var response = await admin.Open($"iot-device/getDevicesMetadataCsv/{_application}", TestContext.Current.CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var lines = new StreamReader(body);
        await lines.ReadLineAsync(TestContext.Current.CancellationToken);
        await lines.ReadLineAsync(TestContext.Current.CancellationToken);
        var first = clock.Elapsed;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (count, most) = (1, before);
        while (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is not null)
        {
            if (++count % 20_000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        Print($"getDevicesMetadataCsv: first device after {first.TotalMilliseconds:0} ms, {count} devices in {clock.Elapsed.TotalSeconds:0.0} s, {(most - before) >> 10} KiB more while it ran");
        Assert.Equal(100_000, count);
        Assert.InRange(most - before, long.MinValue, 20L << 20);
    }

    /// <summary>Calls an address many times, prints how long the answer took, and looks at what the database did for it.</summary>
    private static async Task MeasureAsync(ApiClient client, string path, SqlCommands commands, int maxCommands, List<string> problems)
    {
        (await client.Get(path)).Is(HttpStatusCode.OK);
        (await client.Get(path)).Is(HttpStatusCode.OK);
        commands.Restart();
        var bytes = (await client.Get(path)).Text.Length;
        var texts = commands.Texts;
        var times = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            await client.Get(path);
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
        }

        times.Sort();
        Print($"{times[Rounds / 2],6:0.0} ms p50 {times[Rounds * 95 / 100],6:0.0} ms p95 {texts.Count,3} commands {bytes,9} bytes  {path} ({client.UserId})");
        if (texts.Count > maxCommands)
        {
            problems.Add($"{path} sent {texts.Count} commands:\n{string.Join('\n', texts)}");
        }
    }

    /// <summary>How many devices the server has read from end to end of their table, for whatever was asked.</summary>
    private async Task<long> RowsReadInSequenceAsync()
    {
        // Sessions tell what they have counted once in a second, when they pause.
        await Task.Delay(1100, TestContext.Current.CancellationToken);
        await _api.Anonymous().Get("healthcheck");
        await using var connection = await _api.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'devices'", connection);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static void Print(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private async Task SeedAsync()
    {
        await using (var db = _api.Database.CreateContext())
        {
            for (var i = 1; i <= 50; i++)
            {
                var organization = new Organization { Name = string.Create(CultureInfo.InvariantCulture, $"other {i}") };
                organization.Applications.AddRange(Enumerable.Range(1, 4).Select(n => new Core.Applications.Application { Name = string.Create(CultureInfo.InvariantCulture, $"app {i}.{n}") }));
                db.Organizations.Add(organization);
            }

            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        // Rows as the Api writes them, with as much in them as those of real devices.
        await _api.Database.ExecuteAsync(
            $$"""
            INSERT INTO device_models (body, organization_id, created_at, updated_at)
            SELECT jsonb_build_object('name', 'model ' || n), {{_organization}}, now(), now() FROM generate_series(1, 20) n;
            INSERT INTO devices (name, type, application_id, latitude, longitude, comment, metadata, device_model_id, api_key_hash, api_key_ciphertext, created_at, updated_at)
            SELECT 'Sensor ' || n, 'GENERIC_HTTP', {{_application}}, 56, 10, repeat('c', 60), '{"floor":"2"}', (SELECT min(id) FROM device_models) + nullif(n % 21, 20),
                decode(md5('a' || n) || md5('b' || n), 'hex'), repeat('k', 200), now(), now() - n * interval '1 second'
            FROM generate_series(1, 100000) n;
            INSERT INTO devices (name, type, application_id, latitude, longitude, comment, metadata, api_key_hash, api_key_ciphertext, created_at, updated_at)
            SELECT 'Flag ' || n, 'GENERIC_HTTP', a.id, 56, 10, repeat('c', 60), '{"floor":"2"}',
                decode(md5('c' || n) || md5('d' || n), 'hex'), repeat('k', 200), now(), now() - n * interval '1 second'
            FROM generate_series(1, 100000) n JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM applications WHERE name LIKE 'app %') a ON a.place = n % 200;
            INSERT INTO devices (name, type, application_id, api_key_hash, api_key_ciphertext, created_at, updated_at)
            SELECT 'Bøje ' || n, 'GENERIC_HTTP', {{_small}}, decode(md5('e' || n) || md5('f' || n), 'hex'), 'k', now(), now() FROM generate_series(1, 20) n;
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload, rssi, snr)
            SELECT gen_random_uuid(), now() - (d.id % 3600) * interval '1 second', d.id, {{_organization}}, 'GENERIC_HTTP', convert_to('{"level":1}', 'UTF8'), -d.id % 120, d.id % 10
            FROM devices d WHERE d.id % 50 <> 0;
            INSERT INTO device_states (device_id, application_id, last_seen_at, last_message_id, rssi, snr)
            SELECT m.device_id, d.application_id, m.received_at, m.id, CASE WHEN d.id % 3 > 0 THEN m.rssi END, CASE WHEN d.id % 3 > 0 THEN m.snr END
            FROM received_messages m JOIN devices d ON d.id = m.device_id;
            """);
        var target = await _api.ADataTarget(_application);
        await _api.Database.ExecuteAsync(
            $"""
            INSERT INTO data_target_connections (data_target_id, payload_decoder_id, created_at, updated_at) VALUES ({target}, {_decoder}, now(), now());
            INSERT INTO data_target_connection_devices (connection_id, device_id)
            SELECT (SELECT max(id) FROM data_target_connections), id FROM devices WHERE application_id = {_application} AND id % 2 = 0;
            """);
        await using var connection = await _api.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        foreach (var table in new[] { "devices", "device_states", "received_messages", "data_target_connection_devices", "applications" })
        {
            await using var command = new NpgsqlCommand($"VACUUM ANALYZE {table}", connection) { CommandTimeout = 120 };
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }
}
