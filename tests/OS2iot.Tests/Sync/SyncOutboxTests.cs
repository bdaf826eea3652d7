using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sync;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Sync;

namespace OS2iot.Tests.Sync;

public sealed class SyncOutboxTests(PostgreSql postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<IHost> _hosts = [];
    private TestDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        }

        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Change_WhenSaved_IsFollowedAndForgotten(bool ordered)
    {
        var system = new FakeSystem(ordered);
        await StartAsync(system);

        var id = await SaveAsync("Aarhus");
        await UntilAsync(() => system.Things.GetValueOrDefault($"{id}") == "Aarhus");
        await RemoveAsync(id);

        await UntilAsync(() => system.Things.IsEmpty);
        await UntilAsync(async () => await CountAsync() == 0);
    }

    [Fact]
    public async Task Change_WhenItWasNotCommitted_IsNotFollowed()
    {
        var system = new FakeSystem();
        await StartAsync(system);
        await using (var db = _database.CreateContext())
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            db.Organizations.Add(new Organization { Name = "never" });
            db.SyncChanges.Add(Change(1));
            await db.SaveChangesAsync(Ct);
        }

        await SaveAsync("Aarhus");

        await UntilAsync(() => system.Things.Count == 1);
        Assert.Single(system.Applied, a => a.EndsWith("Aarhus", StringComparison.Ordinal));
        Assert.DoesNotContain(system.Applied, a => a.EndsWith("gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changes_WhenOrderMatters_AreAppliedInOrderEachInItsPlace()
    {
        var system = new FakeSystem { IsAway = true };
        var (a, b) = (await SaveAsync("a"), await SaveAsync("b"));
        await using (var db = _database.CreateContext())
        {
            db.SyncChanges.AddRange(Change(b), Change(b), Change(a));
            await db.SaveChangesAsync(Ct);
        }

        system.Things[$"{a}"] = "a";
        system.Things[$"{b}"] = "b";
        system.IsAway = false;
        await StartAsync(system);

        // Two of b that follow each other are one.
        await UntilAsync(async () => await CountAsync() == 0);
        Assert.Equal([$"{a} a", $"{b} b", $"{a} a"], system.Applied);
    }

    [Fact]
    public async Task Change_WhileTheSystemIsAway_WaitsAndTellsWhy()
    {
        var system = new FakeSystem();
        await StartAsync(system);
        await UntilAsync(async () => (await StatusAsync())?.ReconciledAt is not null);
        system.IsAway = true;

        var id = await SaveAsync("Aarhus");

        await UntilAsync(async () => (await StatusAsync())?.LastError == "It is away.");
        Assert.True((await StatusAsync())!.Failures > 0);
        Assert.NotNull((await StatusAsync())!.FailingSince);
        Assert.Equal(1, await CountAsync());
        system.IsAway = false;
        await UntilAsync(() => system.Things.ContainsKey($"{id}"));
        await UntilAsync(async () => await StatusAsync() is { LastError: null, Failures: 0, FailingSince: null });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Change_WhenRefused_IsShownAndTheOthersGoOn(bool ordered)
    {
        var system = new FakeSystem(ordered) { Refuses = "bad" };
        await StartAsync(system);

        var bad = await SaveAsync("bad");
        var good = await SaveAsync("good");

        await UntilAsync(() => system.Things.ContainsKey($"{good}"));
        await UntilAsync(async () => await CountAsync(SyncChangeState.Refused) == 1);
        await using var db = _database.CreateContext();
        var refused = await db.SyncChanges.SingleAsync(c => c.State == SyncChangeState.Refused, Ct);
        Assert.Equal(($"{bad}", "It won't have that name."), (refused.Key, refused.Error));

        // Taken once it is changed.
        await db.Organizations.Where(o => o.Id == bad).ExecuteUpdateAsync(s => s.SetProperty(o => o.Name, "better"), Ct);
        db.SyncChanges.Add(Change(bad));
        await db.SaveChangesAsync(Ct);
        await UntilAsync(() => system.Things.GetValueOrDefault($"{bad}") == "better");
        await UntilAsync(async () => await CountAsync() == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Change_WhenItCanNotBeApplied_IsPutOffAndTheOthersGoOn(bool ordered)
    {
        var system = new FakeSystem(ordered) { StumblesOver = "stone" };
        var stone = await SaveAsync("stone");
        var good = await SaveAsync("good");
        await StartAsync(system);

        await UntilAsync(() => system.Things.ContainsKey($"{good}"));
        await UntilAsync(async () => await CountAsync() == 1);
        await using (var db = _database.CreateContext())
        {
            var waiting = await db.SyncChanges.SingleAsync(Ct);
            Assert.Equal(($"{stone}", SyncChangeState.Pending), (waiting.Key, waiting.State));
            Assert.True(waiting.Attempts > 0 && waiting.NextAttemptAt is not null && waiting.Error!.Contains("stumbled", StringComparison.Ordinal));
        }

        system.StumblesOver = null;
        await UntilAsync(() => system.Things.ContainsKey($"{stone}"));
    }

    [Fact]
    public async Task Lead_WhenThereAreTwo_IsOnesUntilThatStops()
    {
        var (one, two) = (new FakeSystem(), new FakeSystem());
        var first = await StartAsync(one);
        await UntilAsync(async () => (await StatusAsync())?.LeaseOwner is not null);
        await StartAsync(two);

        var a = await SaveAsync("a");
        await UntilAsync(() => one.Things.ContainsKey($"{a}"));
        Assert.Empty(two.Applied);
        await first.StopAsync(Ct);

        var b = await SaveAsync("b");
        await UntilAsync(() => two.Things.ContainsKey($"{b}"));
        Assert.False(one.Things.ContainsKey($"{b}"));
    }

    [Fact]
    public async Task Reconcile_WhenBothSidesDiffer_TellsAndRepairs()
    {
        var system = new FakeSystem();
        var missing = await SaveAsync("missing");
        var different = await SaveAsync("different");
        await using (var db = _database.CreateContext())
        {
            await db.SyncChanges.ExecuteDeleteAsync(Ct);
        }

        system.Things[$"{different}"] = "old";
        system.Things["4711"] = "extra";
        await StartAsync(system);

        await UntilAsync(() => system.Things.Count == 2 && system.Things.GetValueOrDefault($"{different}") == "different");
        Assert.Equal("missing", system.Things[$"{missing}"]);
        var status = (await StatusAsync())!;
        Assert.Equal((1, 1, 1), (status.Missing, status.Extra, status.Different));
        Assert.Contains("4711", status.Examples, StringComparison.Ordinal);

        // Again when somebody asks, and then there is nothing.
        await UntilAsync(async () => await CountAsync() == 0);
        system.Reconcile();
        await UntilAsync(async () => await StatusAsync() is { Missing: 0, Extra: 0, Different: 0 });
    }

    [Fact]
    public async Task Save_WhenTheSystemTakesIt_IsFollowedWithinTheRequest()
    {
        var system = new FakeSystem();
        await using var db = _database.CreateContext();
        var organization = new Organization { Name = "Aarhus" };
        db.Organizations.Add(organization);

        var result = await Attempts(db, system).SaveAsync("fake", () => [Change(organization.Id)], Ct);

        Assert.Equal(SyncOutcome.Applied, result.Outcome);
        Assert.Equal("Aarhus", system.Things[$"{organization.Id}"]);
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM organizations"));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Save_WhenTheSystemRefuses_SavesNothing()
    {
        var system = new FakeSystem { Refuses = "bad" };
        await using var db = _database.CreateContext();
        var (good, bad) = (new Organization { Name = "good" }, new Organization { Name = "bad" });
        db.Organizations.AddRange(good, bad);

        var result = await Attempts(db, system).SaveAsync("fake", () => [Change(good.Id), Change(bad.Id)], Ct);

        Assert.Equal(SyncResult.Refused("It won't have that name."), result);
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM organizations"));

        // What it took before it refused is taken back.
        Assert.Single(system.Things);
        Assert.Equal(1, await CountAsync());
        await StartAsync(system);
        await UntilAsync(() => system.Things.IsEmpty);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Save_WhileTheSystemIsAway_IsSavedAndWaits(bool stumbles)
    {
        var system = new FakeSystem { IsAway = !stumbles, StumblesOver = stumbles ? "Aarhus" : null };
        await using var db = _database.CreateContext();
        var organization = new Organization { Name = "Aarhus" };
        db.Organizations.Add(organization);

        var result = await Attempts(db, system).SaveAsync("fake", () => [Change(organization.Id)], Ct);

        Assert.Equal(SyncOutcome.Unreachable, result.Outcome);
        Assert.Equal(1, await CountAsync());

        // What comes next does not overtake it.
        (system.IsAway, system.StumblesOver) = (false, null);
        organization.Name = "Aarhus 2";
        result = await Attempts(db, system).SaveAsync("fake", () => [Change(organization.Id)], Ct);
        Assert.Equal(SyncOutcome.Unreachable, result.Outcome);
        Assert.Empty(system.Things);
        await StartAsync(system);
        await UntilAsync(() => system.Things.GetValueOrDefault($"{organization.Id}") == "Aarhus 2");
    }

    [Fact]
    public async Task Save_WithinAnothersTransaction_LeavesTheEndToThatOne()
    {
        var system = new FakeSystem();
        await using var db = _database.CreateContext();
        await using var transaction = await db.Database.BeginTransactionAsync(Ct);
        var organization = new Organization { Name = "Aarhus" };
        db.Organizations.Add(organization);

        await Attempts(db, system).SaveAsync("fake", () => [Change(organization.Id)], Ct);

        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM organizations"));
        await transaction.CommitAsync(Ct);
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM organizations"));
    }

    private static SyncChange Change(int id, bool removal = false) =>
        new() { System = "fake", Kind = FakeSystem.Kind, Key = $"{id}", IsRemoval = removal };

    private static SyncAttempts Attempts(AppDbContext db, FakeSystem system) =>
        new(db, [system], TimeProvider.System, NullLogger<SyncAttempts>.Instance);

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        timeout.CancelAfter(Patience);
        while (!await condition())
        {
            await Task.Delay(20, timeout.Token);
        }
    }

    private async Task<IHost> StartAsync(FakeSystem system)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:os2iot"] = _database.ConnectionString,
            ["Sync:Lease"] = "00:00:02",
            ["Sync:LongestBackOff"] = "00:00:01",
            ["Sync:PollInterval"] = "00:00:00.500",
        });
        builder.Logging.ClearProviders();
        builder.AddDatabase();
        builder.AddSync();
        builder.Services.AddSingleton<SyncedSystem>(system);
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync(Ct);
        return host;
    }

    private async Task<int> SaveAsync(string name)
    {
        await using var db = _database.CreateContext();
        await using var transaction = await db.Database.BeginTransactionAsync(Ct);
        var organization = new Organization { Name = name };
        db.Organizations.Add(organization);
        await db.SaveChangesAsync(Ct);
        db.SyncChanges.Add(Change(organization.Id));
        await db.SaveChangesAsync(Ct);
        await transaction.CommitAsync(Ct);
        return organization.Id;
    }

    private async Task RemoveAsync(int id)
    {
        await using var db = _database.CreateContext();
        db.Organizations.Remove(await db.Organizations.SingleAsync(o => o.Id == id, Ct));
        db.SyncChanges.Add(Change(id, removal: true));
        await db.SaveChangesAsync(Ct);
    }

    private Task<long> CountAsync() => _database.ScalarAsync<long>("SELECT count(*) FROM sync_changes");

    private Task<long> CountAsync(SyncChangeState state) => _database.ScalarAsync<long>($"SELECT count(*) FROM sync_changes WHERE state = {(int)state}");

    private async Task<SyncStatus?> StatusAsync()
    {
        await using var db = _database.CreateContext();
        return await db.SyncStatuses.AsNoTracking().SingleOrDefaultAsync(Ct);
    }
}
