using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.Messaging;
using OS2iot.Core.Messaging.PostgreSql;
using OS2iot.Simulator.Faults;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.Messaging;

public sealed class PostgreSqlLogTests(PostgreSql postgres) : MessageLogContract, IAsyncLifetime
{
    private TestDatabase _database = null!;

    protected override int TakeOverSeconds => 5;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateEmptyDatabaseAsync();
        await _database.ExecuteAsync(PostgreSqlLogSchema.Up);
    }

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Consume_WhenAnAppendCommitsLate_SkipsNothing()
    {
        await using var host = await StartHostAsync();
        await using var reader = new Reader(host, Topic, "readers");
        await using var late = await _database.DataSource.OpenConnectionAsync(Ct);
        await using (var transaction = await late.BeginTransactionAsync(Ct))
        {
            await using var append = new NpgsqlCommand(
                "SELECT log_uplinks_append(ARRAY(SELECT p::smallint FROM generate_series(0, 7) p), array_fill('late'::text, ARRAY[8]), "
                + "array_fill('{}'::bytea, ARRAY[8]), ARRAY(SELECT ('late:' || p)::bytea FROM generate_series(0, 7) p))", late, transaction);
            await append.ExecuteNonQueryAsync(Ct);

            // These come after the open one in every partition, so they have to wait for it.
            var after = Enumerable.Range(0, 50).Select(i => host.Log.AppendAsync(Topic, ALog.Of(i, 0), Ct)).ToList();
            await Task.Delay(1000, Ct);
            Assert.All(after, a => Assert.False(a.IsCompleted));
            Assert.Empty(reader.Records);

            await transaction.CommitAsync(Ct);
            await Task.WhenAll(after);
        }

        await reader.HasAsync(58);
    }

    [Fact]
    public async Task Append_WhenTheServerDoesNotWaitForTheDisk_DoesSoAllTheSame()
    {
        await _database.ExecuteAsync($"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$");
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var command = new NpgsqlCommand(
            "SELECT current_setting('synchronous_commit'); "
            + "SELECT '' || log_uplinks_append(ARRAY[0::smallint], ARRAY['k'], ARRAY['{}'::bytea], ARRAY['v'::bytea])::text; SELECT current_setting('synchronous_commit')",
            connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var settings = new List<string>();
        do
        {
            await reader.ReadAsync(Ct);
            settings.Add(reader.GetValue(0).ToString()!);
        }
        while (await reader.NextResultAsync(Ct));

        Assert.Equal("off", settings[0]);
        Assert.Equal("on", settings[^1]);
    }

    [Fact]
    public async Task Append_WhenTheServerRestartedInAPause_Succeeds()
    {
        await using var host = await StartHostAsync();
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);
        await _database.DisconnectAllAsync();
        await Task.Delay(100, Ct);

        await host.Log.AppendAsync(Topic, ALog.Of(1, 1), Ct);
    }

    [Fact]
    public async Task Append_WhenTheRouteGoesDead_ThrowsInTimeAndRecoversByItself()
    {
        await using var host = (PostgreSqlHost)await StartHostAsync();
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);
        host.Link.Blackhole();
        var watch = Stopwatch.StartNew();

        var first = host.Log.AppendAsync(Topic, ALog.Of(1, 1), Ct);
        await Task.Delay(500, Ct);
        var second = host.Log.AppendAsync(Topic, ALog.Of(1, 2), Ct);

        await Assert.ThrowsAsync<LogUnavailableException>(() => first);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, AppendTimeout + TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<LogUnavailableException>(() => second);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, AppendTimeout + TimeSpan.FromSeconds(1.4));

        host.Link.Heal();
        var recovered = false;
        for (var i = 0; i < 10 && !recovered; i++)
        {
            recovered = await host.Log.AppendAsync(Topic, ALog.Of(1, 3), Ct).ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default);
        }

        Assert.True(recovered);
    }

    [Fact]
    public async Task Consume_WhenTheDatabaseComesBack_GoesOn()
    {
        await using var host = await StartHostAsync();
        await using var other = await StartHostAsync();
        await using var reader = new Reader(host, Topic, "readers");
        await other.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);
        await reader.HasAsync(1);

        host.Cut();
        await other.Log.AppendAsync(Topic, ALog.Of(1, 1), Ct);
        await Task.Delay(1500, Ct);
        Assert.Single(reader.Records);
        host.Mend();

        await reader.HasAsync(2);
        await _database.DisconnectAllAsync();
        var appended = other.Log.AppendAsync(Topic, ALog.Of(1, 2), Ct);
        await appended;
        await reader.HasAsync(3);
        ALog.AssertInOrder(reader.Values, keys: 1, perKey: 3);
    }

    [Fact]
    public async Task Consume_WhenItsLeaseRanOut_TellsTheHandler()
    {
        await using var host = await StartHostAsync();
        var started = new TaskCompletionSource();
        var told = new TaskCompletionSource<TimeSpan>();
        await using var reader = new Reader(host, Topic, "readers", async (_, ct) =>
        {
            var watch = Stopwatch.StartNew();
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct).ContinueWith(_ => told.TrySetResult(watch.Elapsed), TaskScheduler.Default);
            ct.ThrowIfCancellationRequested();
        });
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);
        await started.Task;

        host.Cut();

        Assert.InRange(await told.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        host.Mend();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Consume_WhenARecordIsAppended_GetsItSoon(bool inAnotherProcess)
    {
        await using var host = await StartHostAsync();
        await using var other = await StartHostAsync();
        await using var reader = new Reader(inAnotherProcess ? other : host, Topic, "readers");
        await host.Log.AppendAsync(Topic, ALog.Of(0, -1), Ct);
        await Eventually.TrueAsync(() => reader.Values.Any());

        var waits = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(30, Ct);
            var before = reader.Records.Count;
            var watch = Stopwatch.StartNew();
            await host.Log.AppendAsync(Topic, ALog.Of(0, i), Ct);
            while (reader.Records.Count == before && watch.Elapsed < TimeSpan.FromSeconds(5))
            {
                await Task.Delay(1, Ct);
            }

            waits.Add(watch.Elapsed.TotalMilliseconds);
        }

        var median = waits.Order().ElementAt(waits.Count / 2);
        TestContext.Current.TestOutputHelper?.WriteLine($"median {median:0.0} ms, max {waits.Max():0.0} ms");
        Assert.InRange(median, 0, 250);
    }

    [Fact]
    public async Task Trim_WhenADayWasReadByAll_DropsIt()
    {
        await using var host = await StartHostAsync();
        await MoveToAsync(-3);
        await host.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 50).Select(i => ALog.Of(i, 0))], Ct);
        await using (var first = new Reader(host, Topic, "first"))
        {
            await first.HasAsync(50);
        }

        await using (var second = new Reader(host, Topic, "second", (batch, ct) => batch.Any(r => r.Key == "7") ? Task.Delay(-1, ct) : Task.CompletedTask))
        {
            await Eventually.TrueAsync(() => second.Records.Count > 20);
        }

        var job = NewJob();
        Assert.Equal(0, await job.TrimAsync(TimeSpan.Zero, Ct));
        Assert.Equal(50L, await CountAsync());

        // The job moved on to today; both days are read as one.
        await host.Log.AppendAsync(Topic, [.. Enumerable.Range(0, 50).Select(i => ALog.Of(i, 1))], Ct);
        Assert.Equal(50L, await _database.ScalarAsync<long>("SELECT count(*) FROM log_uplinks WHERE \"offset\" >> 40 = (now() AT TIME ZONE 'UTC')::date - DATE '1970-01-01'"));
        await using (var second = new Reader(host, Topic, "second"))
        {
            await second.HasAsync(51);
        }

        Assert.Equal(0, await job.TrimAsync(TimeSpan.FromHours(1), Ct));
        Assert.Equal(100L, await CountAsync());
        Assert.Equal(1, await job.TrimAsync(TimeSpan.Zero, Ct));
        Assert.Equal(50L, await CountAsync());
        await using var other = await StartHostAsync(); // this one may still have them in memory
        await using var third = new Reader(other, Topic, "third");
        await third.HasAsync(50);
        Assert.All(third.Values, v => Assert.EndsWith(":1", v, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trim_WhenNobodyHasReadTheTopicYet_KeepsItForItsReaders()
    {
        await using var host = await StartHostAsync();
        await MoveToAsync(-2);
        await host.Log.AppendAsync(Topic, ALog.Of(1, 0), Ct);

        Assert.Equal(0, await NewJob().TrimAsync(TimeSpan.Zero, Ct));

        await using var reader = new Reader(host, Topic, "readers");
        await reader.HasAsync(1);
    }

    [Fact]
    public async Task Trim_WhenItRunsUnderLoad_NothingIsLost()
    {
        await using var host = await StartHostAsync();
        await MoveToAsync(-2);
        await using var reader = new Reader(host, Topic, "readers");
        var appending = Task.WhenAll(Enumerable.Range(0, 16).Select(async key =>
        {
            for (var i = 0; i < 300; i++)
            {
                await host.Log.AppendAsync(Topic, ALog.Of(key, i), Ct);
            }
        }));
        var job = NewJob();
        var dropped = 0;
        for (var i = 0; !appending.IsCompleted || i < 3; i++)
        {
            dropped += await job.TrimAsync(TimeSpan.Zero, Ct) ?? 0;
            await Task.Delay(20, Ct);
        }

        await appending;
        await reader.HasAsync(4800);
        ALog.AssertInOrder(reader.Values, keys: 16, perKey: 300);
        await Task.Delay(300, Ct);
        Assert.InRange(dropped + await job.TrimAsync(TimeSpan.Zero, Ct) ?? 0, 1, 1);
    }

    [Fact]
    public async Task Trim_WhenAnotherInstanceIsAtIt_LeavesItAlone()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync(Ct);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(5715967642457556737)", connection);
        await command.ExecuteNonQueryAsync(Ct);

        Assert.Null(await NewJob().TrimAsync(TimeSpan.Zero, Ct));
    }

    [Fact]
    public async Task Fetch_WhenOldDaysWereRead_DoesNotLookAtThem()
    {
        await MoveToAsync(-3);
        await MoveToAsync(-2);
        var last = await _database.ScalarAsync<long>("SELECT last_value FROM log_uplinks_offsets");
        var plan = new List<string>();
        await using var command = _database.DataSource.CreateCommand(
            $"""
            EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
            SELECT * FROM unnest(ARRAY[0, 1]::smallint[], ARRAY[{last}, {last}]::bigint[])
                AS c(partition, position)
            CROSS JOIN LATERAL (SELECT * FROM log_uplinks l WHERE l.partition = c.partition AND l."offset" > c.position ORDER BY l."offset" LIMIT 500) r
            """);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        while (await reader.ReadAsync(Ct))
        {
            plan.Add(reader.GetString(0));
        }

        Assert.Contains(plan, line => line.Contains("log_uplinks_", StringComparison.Ordinal) && line.Contains("never executed", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("Seq Scan", StringComparison.Ordinal) || line.Contains("Sort", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Schema_WhenTakenDown_LeavesNothing()
    {
        await _database.ExecuteAsync(PostgreSqlLogSchema.Down);

        Assert.Equal(0L, await _database.ScalarAsync<long>(
            "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace) + (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)"));
        await _database.ExecuteAsync(PostgreSqlLogSchema.Up);
    }

    protected override async Task<LogHost> StartHostAsync() => await PostgreSqlHost.StartAsync(_database.ConnectionString);

    private PostgreSqlLogTrimJob NewJob() =>
        new(_database.DataSource, Options.Create(new LogOptions()), TimeProvider.System, NullLogger<PostgreSqlLogTrimJob>.Instance);

    private Task<long> CountAsync() => _database.ScalarAsync<long>("SELECT count(*) FROM log_uplinks");

    /// <summary>Sets the log back to a day before it was made, as if it had been appended to then.</summary>
    private Task MoveToAsync(int day) => _database.ExecuteAsync(
        $"""
        SELECT log_create_segment('uplinks', (now() AT TIME ZONE 'UTC')::date + {day});
        SELECT setval('log_uplinks_offsets', ((now() AT TIME ZONE 'UTC')::date + {day} - DATE '1970-01-01')::bigint << 40, false);
        """);

    private sealed class PostgreSqlHost : LogHost
    {
        private readonly NpgsqlDataSource _dataSource;
        private readonly PostgreSqlNotifications _notifications;
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<LogMetrics>().BuildServiceProvider();
        private readonly PostgreSqlLog _log;

        private PostgreSqlHost(string connectionString)
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            Link = new FaultProxy(settings.Port);
            settings.Port = Link.Port;
            settings.Timeout = 2;
            settings.CommandTimeout = 5;
            _dataSource = NpgsqlDataSource.Create(settings.ConnectionString);
            _notifications = new PostgreSqlNotifications(_dataSource, TimeProvider.System, NullLogger<PostgreSqlNotifications>.Instance);
            var options = Options.Create(new LogOptions
            {
                AppendTimeout = AppendTimeout,
                MaxWaitingBytes = 10_000_000,
                Lease = TimeSpan.FromSeconds(3),
                FirstBackOff = TimeSpan.FromMilliseconds(100),
                DrainTimeout = TimeSpan.FromSeconds(3),
            });
            _log = new PostgreSqlLog(
                _dataSource, _notifications, options, _services.GetRequiredService<LogMetrics>(), TimeProvider.System, NullLogger<PostgreSqlLog>.Instance);
        }

        public FaultProxy Link { get; }

        public override IMessageLog Log => _log;

        public static async Task<PostgreSqlHost> StartAsync(string connectionString)
        {
            var host = new PostgreSqlHost(connectionString);
            await host._notifications.StartAsync(Ct);
            return host;
        }

        public override void Cut() => Link.Cut();

        public override void Mend() => Link.Heal();

        public override Task KillAsync()
        {
            Link.Cut();
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            await _log.DisposeAsync();
            await _notifications.StopAsync(CancellationToken.None);
            _notifications.Dispose();
            await _dataSource.DisposeAsync();
            await _services.DisposeAsync();
            await Link.DisposeAsync();
        }
    }
}
