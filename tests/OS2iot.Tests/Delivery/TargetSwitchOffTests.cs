using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Mail;
using OS2iot.Core.Messaging;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.DataTargets;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Delivery;
using OS2iot.Workers.LiveView;
using OS2iot.Workers.Routing;

namespace OS2iot.Tests.Delivery;

/// <summary>A target that is gone or fails for days, against a real server and a real database.</summary>
public sealed class TargetSwitchOffTests(PostgreSql postgres) : IAsyncLifetime
{
    private readonly MemoryLog _log = new();
    private readonly MailBox _mails = new();
    private TestDatabase _database = null!;
    private FakeTarget _target = null!;
    private IHost _host = null!;
    private int _device;
    private int _id;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _target = await FakeTarget.StartAsync();
        await FillAsync();
        _host = AHost();
        await _host.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        using (_host)
        {
            await _host.StopAsync(CancellationToken.None);
        }

        await _target.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Deliver_WhenTheTargetIsGone_SwitchesItOffTellsItsOwnerOnceAndKeepsEverything()
    {
        _target.Answers(410);
        await DeliverAsync();
        await EventuallyAsync("SELECT count(*) FROM data_targets WHERE disabled_at IS NOT NULL", 1);
        await EventuallyAsync("SELECT count(*) FROM data_target_failures WHERE told_at IS NOT NULL", 1);
        await RoutingSeesAsync(held: true);
        var tried = _target.Received.Count;

        await DeliverAsync();
        await RunAsync(_host);

        Assert.Equal(tried, _target.Received.Count);
        Assert.Equal(2L, await _database.ScalarAsync<long>("SELECT count(*) FROM deliveries WHERE state = 0"));
        Assert.Contains("410", await _database.ScalarAsync<string>("SELECT disabled_reason FROM data_targets"), StringComparison.Ordinal);
        Assert.Contains("switched off", Assert.Single(_mails.To("contact@example.dk")).Subject, StringComparison.Ordinal);
        Assert.Single(_mails.To("admin@example.dk"));
    }

    [Fact]
    public async Task SwitchOff_WhenItOnlyFailedForDays_IsDoneByOneOfSeveralInstances()
    {
        await FailedSinceAsync("3 days 1 minute");
        using var other = AHost();
        var (one, two) = (_host.Services.GetRequiredService<TargetHealth>(), other.Services.GetRequiredService<TargetHealth>());

        var done = await Task.WhenAll(one.SwitchOffAsync(Ct), two.SwitchOffAsync(Ct));

        // The host's own job may have been faster than both.
        Assert.InRange(done.Sum(d => d.Count), 0, 1);
        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM data_targets WHERE disabled_at IS NOT NULL"));
        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE action = 'UPDATE'"));
    }

    [Fact]
    public async Task Tell_WhenItFailedForADay_WarnsOnceAndLeavesItOn()
    {
        await FailedSinceAsync("25 hours");

        await EventuallyAsync("SELECT count(*) FROM data_target_failures WHERE warned_at IS NOT NULL", 1);
        await RunAsync(_host);

        Assert.Contains("fails", Assert.Single(_mails.To("contact@example.dk")).Subject, StringComparison.Ordinal);
        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT count(*) FROM data_targets WHERE disabled_at IS NOT NULL"));
    }

    [Fact]
    public async Task Tell_WhenNoMailServerTakesIt_IsTriedAgainLater()
    {
        _mails.FailFor("contact@example.dk");
        _mails.FailFor("admin@example.dk");
        await FailedSinceAsync("25 hours");

        await EventuallyAsync("SELECT count(*) FROM data_target_failures WHERE tell_after > now()", 1);
        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM data_target_failures WHERE warned_at IS NULL"));
    }

    [Fact]
    public async Task Save_WhenAnotherInstanceDelivered_EndsTheFailure()
    {
        await FailedSinceAsync("2 days");

        await DeliverAsync();

        await EventuallyAsync("SELECT count(*) FROM data_target_failures", 0);
    }

    [Fact]
    public async Task Save_WhenTheTryBeganBeforeTheTargetWasChanged_SaysNothingOfIt()
    {
        var before = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);

        await _host.Services.GetRequiredService<TargetHealth>()
            .SaveAsync([new TargetNews(_id, Took: false, new TargetFailures(before, before, "gone", Gone: true))], Ct);

        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT count(*) FROM data_target_failures"));
    }

    [Fact]
    public async Task Deliver_WhenTheTargetIsPausedAndResumed_WaitsAndGoesThen()
    {
        await _database.ExecuteAsync("UPDATE data_targets SET paused = true");
        await RoutingSeesAsync(held: true);
        await DeliverAsync();
        Assert.Empty(_target.Received);
        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM deliveries WHERE state = 0 AND attempts = 0"));

        await _database.ExecuteAsync("UPDATE data_targets SET paused = false");

        await EventuallyAsync("SELECT count(*) FROM deliveries", 0);
        Assert.Single(_target.Received);
    }

    [Fact]
    public async Task ClaimDue_WhenATargetTakesFewAtOnce_TakesNoMore()
    {
        await _database.ExecuteAsync("UPDATE data_targets SET max_concurrency = 2, paused = true");
        await RoutingSeesAsync(held: true);
        await DeliverAsync(5);
        await _host.StopAsync(Ct);
        await _database.ExecuteAsync("UPDATE data_targets SET paused = false");

        Assert.Equal(2, (await _host.Services.GetRequiredService<DeliveryTable>().ClaimDueAsync(16, [], 500, Ct)).Count);
    }

    private static Task RunAsync(IHost host) => host.Services.GetServices<IHostedService>().OfType<TargetHealthJob>().Single().RunAsync(Ct);

    private IHost AHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:os2iot"] = _database.ConnectionString,
            ["Secrets:MasterKey"] = "a master key for tests, long enough for anything",
            ["Egress:AllowedHosts:0"] = "127.0.0.1",
            ["Delivery:HealthInterval"] = "00:00:00.100",
            ["Delivery:PollInterval"] = "00:00:00.100",
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IMessageLog>(_log);
        builder.Services.AddSingleton<IMailer>(_mails);
        builder.AddDatabase();
        builder.AddSecrets();
        builder.AddDataTargets();
        builder.AddRouting();
        builder.AddLiveView();
        builder.AddDelivery();
        return builder.Build();
    }

    private async Task FillAsync()
    {
        await using var db = _database.CreateContext();
        var application = new Application { Name = "a", Organization = new Organization { Name = "o" }, ContactEmail = "contact@example.dk" };
        var device = new GenericHttpDevice { Name = "d", ApiKeyHash = [1], ApiKeyCiphertext = "", Application = application };
        var target = new DataTarget { Name = "t", Type = "HTTP_PUSH", Settings = $$"""{"url":"{{_target.Url}}","timeout":5000}""", Application = application };
        var connection = new DataTargetConnection { DataTarget = target };
        connection.Devices.Add(device);
        var admins = new Permission { Name = "p", Organization = application.Organization };
        admins.Types.Add(new PermissionTypeEntry { Type = PermissionType.OrganizationApplicationAdmin });
        admins.Applications.Add(application);
        admins.Users.Add(new User { Name = "u", Email = "admin@example.dk", Active = true });
        db.AddRange(connection, admins);
        await db.SaveChangesAsync(Ct);
        (_device, _id) = (device.Id, target.Id);
    }

    private Task FailedSinceAsync(string span) => _database.ExecuteAsync(
        $"INSERT INTO data_target_failures (data_target_id, since, last_at, error, gone) VALUES ({_id}, now() - interval '{span}', now(), 'The target answered 500.', false)");

    private Task DeliverAsync(int count = 1) => _log.HandAsync(LogTopic.UplinksDecoded, "delivery", Ct, [.. Enumerable.Range(0, count).Select(_ => new UplinkDecoded
    {
        MessageId = Guid.CreateVersion7(),
        DeviceId = _device,
        ApplicationId = 1,
        OrganizationId = 1,
        ReceivedAt = TimeProvider.System.GetUtcNow(),
        Payload = Encoding.UTF8.GetBytes("""{"a":1}"""),
    }.ToRecord())]);

    private async Task RoutingSeesAsync(bool held)
    {
        var routing = _host.Services.GetRequiredService<RoutingTable>();
        while ((await routing.TargetsOfAsync([_id], Ct))[_id].IsHeld != held)
        {
            await Task.Delay(20, Ct);
        }
    }

    private async Task EventuallyAsync(string sql, long expected)
    {
        while (await _database.ScalarAsync<long>(sql) != expected)
        {
            await Task.Delay(50, Ct);
        }
    }
}
