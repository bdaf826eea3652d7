using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Core.Applications;
using OS2iot.Core.DataTargets;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Organizations;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Storing;

namespace OS2iot.Tests.Storing;

public sealed class HistoryRetentionTests(PostgreSql postgres)
{
    private static readonly DateTimeOffset Today = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Today);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_WhenAnOrganizationKeepsLess_RemovesItsOldDaysOnly()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await FillAsync(database);
        using var job = Job(database);

        // Of the seven days that are too old: 900 messages each, with a result and a try; and a dead letter of each old day.
        Assert.Equal((7 * 900 * 3) + 7, await job.RunAsync(Ct));
        Assert.Equal(4 * 900L, await database.ScalarAsync<long>("SELECT count(*) FROM received_messages WHERE device_id = 1"));
        Assert.Equal(4 * 900L, await database.ScalarAsync<long>("SELECT count(*) FROM decoded_messages WHERE device_id = 1"));
        Assert.Equal(4 * 900L, await database.ScalarAsync<long>("SELECT count(*) FROM delivery_attempts WHERE device_id = 1"));
        Assert.Equal(11 * 900L, await database.ScalarAsync<long>("SELECT count(*) FROM received_messages WHERE device_id = 2"));
        Assert.Equal("2026-05-17", await database.ScalarAsync<string>("SELECT min(received_at AT TIME ZONE 'UTC')::date::text FROM received_messages WHERE device_id = 1"));
        Assert.Equal(4L, await database.ScalarAsync<long>("SELECT count(*) FROM deliveries WHERE device_id = 1 AND state = 1"));
        Assert.Equal(11L, await database.ScalarAsync<long>("SELECT count(*) FROM deliveries WHERE device_id = 1 AND state = 0"));
        Assert.Equal(0, await job.RunAsync(Ct));
    }

    [Fact]
    public async Task Run_WhenADeviceMovesToSuchAnOrganization_LooksAtItsDaysAgain()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await FillAsync(database);
        using var job = Job(database);
        await job.RunAsync(Ct);

        await database.ExecuteAsync("UPDATE devices SET application_id = 1 WHERE id = 2");
        await job.RunAsync(Ct);

        Assert.Equal(4 * 900L, await database.ScalarAsync<long>("SELECT count(*) FROM received_messages WHERE device_id = 2"));
    }

    [Fact]
    public async Task Run_WhenAnotherInstanceIsAtIt_LeavesItAlone()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await FillAsync(database);
        using var job = Job(database);
        await using var other = await database.DataSource.OpenConnectionAsync(Ct);
        await using var command = other.CreateCommand();
        command.CommandText = $"SELECT pg_advisory_lock({0x0521_0707})";
        await command.ExecuteNonQueryAsync(Ct);

        Assert.Equal(0, await job.RunAsync(Ct));
    }

    [Fact]
    public async Task Partitions_WhenAnOrganizationKeepsMore_StayAsLongAsItNeedsThem()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await FillAsync(database);
        await database.ExecuteAsync("UPDATE organizations SET history_retention_days = 99 WHERE id = 2");
        var options = Options.Create(new HistoryOptions { RetentionDays = 5, MaxRetentionDays = 8 });
        using var partitions = new HistoryPartitionsJob(database.DataSource, options, _clock, NullLogger<HistoryPartitionsJob>.Instance);
        using var job = new HistoryRetentionJob(database.DataSource, options, _clock, NullLogger<HistoryRetentionJob>.Instance);

        await partitions.RunAsync(Ct);
        await job.RunAsync(Ct);

        Assert.Equal("2026-05-12", await database.ScalarAsync<string>("SELECT min(received_at AT TIME ZONE 'UTC')::date::text FROM received_messages WHERE device_id = 2"));
        Assert.Equal("2026-05-17", await database.ScalarAsync<string>("SELECT min(received_at AT TIME ZONE 'UTC')::date::text FROM received_messages WHERE device_id = 1"));
        Assert.True(await database.ScalarAsync<bool>("SELECT to_regclass('received_messages_20260511') IS NULL AND to_regclass('received_messages_20260512') IS NOT NULL"));
    }

    private HistoryRetentionJob Job(TestDatabase database) => new(
        database.DataSource, Options.Create(new HistoryOptions { RetentionDays = 30 }), _clock, NullLogger<HistoryRetentionJob>.Instance);

    /// <summary>Two organizations with a device each and eleven days of messages; the first keeps three days.</summary>
    private static async Task FillAsync(TestDatabase database)
    {
        await using (var db = database.CreateContext())
        {
            for (var i = 1; i <= 2; i++)
            {
                var organization = new Organization { Id = i, Name = $"o{i}", HistoryRetentionDays = i == 1 ? 3 : null };
                var application = new Application { Id = i, Name = $"a{i}", Organization = organization };
                db.AddRange(
                    organization, application,
                    new GenericHttpDevice { Id = i, Name = $"d{i}", Application = application, ApiKeyHash = [(byte)i], ApiKeyCiphertext = "x" },
                    new DataTarget { Id = i, Name = $"t{i}", Type = "HTTP_PUSH", Settings = "{}", Application = application });
            }

            await db.SaveChangesAsync(Ct);
        }

        await database.ExecuteAsync(
            """
            SELECT create_history_partitions('2026-05-01', '2026-05-21');
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload)
            SELECT gen_random_uuid(), timestamptz '2026-05-10 00:00Z' + day * interval '1 day' + n * interval '90 seconds', d, d, 'GENERIC_HTTP', '1'
            FROM generate_series(0, 10) day, generate_series(0, 899) n, generate_series(1, 2) d;
            INSERT INTO decoded_messages SELECT id, received_at, device_id, 1, 1, received_at, '1', null FROM received_messages;
            INSERT INTO delivery_attempts SELECT id, received_at, device_id, 1, 1, null, 1, received_at, 1, 0 FROM received_messages;
            INSERT INTO deliveries (message_id, received_at, device_id, application_id, organization_id, connection_id, data_target_id, payload, state, attempts, next_attempt_at, created_at)
            SELECT gen_random_uuid(), timestamptz '2026-05-10 12:00Z' + day * interval '1 day', 1, 1, 1, 1, 1, '1', state, 1, now(), now()
            FROM generate_series(0, 10) day, generate_series(0, 1) state;
            """);
    }
}
