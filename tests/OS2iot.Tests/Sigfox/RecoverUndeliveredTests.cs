using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Simulator.Sigfox;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Sigfox;

namespace OS2iot.Tests.Sigfox;

/// <summary>What Sigfox could not deliver is there afterwards: once, in order, and told apart from what came by itself.</summary>
public sealed class RecoverUndeliveredTests(PostgreSql postgres) : IAsyncLifetime
{
    private SigfoxScene _scene = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _scene = await SigfoxScene.StartAsync(postgres);

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Uplinks_WhileWeAreDownForTenMinutes_AreAllThereOnceAndInOrderAfterwards()
    {
        const int Devices = 4;
        const int WhileDown = 200;
        var workers = await _scene.StartWorkersAsync();
        var (user, devices) = await _scene.AGroupAsync(workers.Services, "town", Devices);
        await CallbacksAreGoodAsync();
        var late = TimeSpan.FromMinutes(12); // what came by itself came when it was sent
        _scene.StartIngest(late);
        var start = (TimeProvider.System.GetUtcNow() - late).ToUnixTimeSeconds();
        await SendAsync(user, from: 0, count: 8, start);

        await _scene.StopIngestAsync();
        var lost = await SendAsync(user, from: 8, WhileDown, start);
        _scene.StartIngest();
        await SendAsync(user, from: 8 + WhileDown, count: 8, start);

        Assert.DoesNotContain(lost, delivery => delivery.IsTaken);
        var job = workers.Services.GetRequiredService<RecoverUndelivered>();
        await job.RunAsync(Ct);
        await job.RunAsync(Ct); // what is not even read from the log yet must not count twice
        await SigfoxScene.UntilAsync(async () => (await _scene.StoredAsync()).Count >= 16 + WhileDown, async () => $"{(await _scene.StoredAsync()).Count} are there.");
        await job.RunAsync(Ct);
        await LogIsReadAsync(workers.Services);

        var stored = await _scene.StoredAsync();
        Assert.Equal(Enumerable.Range(0, 16 + WhileDown).Select(n => (long)n), stored.Select(s => s.FCnt));
        Assert.Equal(Enumerable.Range(8, WhileDown).Select(n => (long)n), stored.Where(s => s.IsRecovered).Select(s => s.FCnt));
        foreach (var device in devices)
        {
            // States are written once a second.
            var newest = await _scene.ReadAsync(db => db.ReceivedMessages.Where(m => m.DeviceId == device.Id).OrderByDescending(m => m.SentAt).Select(m => m.Id).FirstAsync(Ct));
            await SigfoxScene.UntilAsync(async () => newest == await _scene.ReadAsync(db => db.DeviceStates
                .Where(s => s.DeviceId == device.Id).Select(s => s.LastMessageId).SingleOrDefaultAsync(Ct)));
        }

        Assert.Equal(WhileDown, await _scene.ReadAsync(db => db.SigfoxDeviceTypes.Select(t => t.Recovered).SingleAsync(Ct)));
    }

    [Fact]
    public async Task Uplink_ThatIsLostOnItsWay_IsRecovered()
    {
        var workers = await _scene.StartWorkersAsync();
        var (user, _) = await _scene.AGroupAsync(workers.Services, "town", devices: 1);
        await CallbacksAreGoodAsync();
        _scene.StartIngest();
        _scene.Sigfox.Cloud.Faults = new SigfoxFaults { LostCallbacks = 1 };
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        await SendAsync(user, from: 0, count: 3, now - 60, stations: 0);
        await workers.Services.GetRequiredService<RecoverUndelivered>().RunAsync(Ct);

        await SigfoxScene.UntilAsync(async () => (await _scene.StoredAsync()).Count == 3);
        Assert.Equal([0L, 1L, 2L], (await _scene.StoredAsync()).Select(s => s.FCnt));
    }

    [Fact]
    public async Task Run_WhenOneLoginIsRefused_RecoversForTheOthersAndForItLater()
    {
        var workers = _scene.BuildWorkers();
        var (refused, _) = await _scene.AGroupAsync(workers.Services, "refused", devices: 1);
        var (good, _) = await _scene.AGroupAsync(workers.Services, "good", devices: 1);
        await using (var db = _scene.Database.CreateContext())
        {
            var callbacks = workers.Services.GetRequiredService<SigfoxCallbacks>();
            foreach (var user in new[] { refused, good })
            {
                var type = (await callbacks.FindOrAddAsync(db, user.DeviceTypes.Keys.First(), Ct))!;
                await db.SaveChangesAsync(Ct);
                await callbacks.RepairAsync(type, new OS2iot.Core.Sigfox.SigfoxLogin(user.Username, FakeSigfox.Password), Ct);
                await SendAsync(user, from: 0, count: 2, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60);
            }

            await db.SaveChangesAsync(Ct);
        }

        var password = await _scene.Database.ScalarAsync<string>("SELECT password_ciphertext FROM sigfox_groups WHERE username = 'refused'");
        await _scene.Database.ExecuteAsync("UPDATE sigfox_groups SET password_ciphertext = 'what nobody can read' WHERE username = 'refused'");
        var job = workers.Services.GetRequiredService<RecoverUndelivered>();
        await job.RunAsync(Ct);

        Assert.Equal([("good", 2L), ("refused", 0L)], await RecoveredAsync());
        Assert.NotNull(await _scene.ReadAsync(db => db.SigfoxDeviceTypes.Where(t => t.SigfoxGroup!.Username == "refused").Select(t => t.UndeliveredError).SingleAsync(Ct)));
        await _scene.Database.ExecuteAsync($"UPDATE sigfox_groups SET password_ciphertext = '{password}' WHERE username = 'refused'");
        await job.RunAsync(Ct);
        Assert.Equal([("good", 2L), ("refused", 2L)], await RecoveredAsync());
    }

    [Fact]
    public async Task Run_WhenTheLogIsAway_LosesNothing()
    {
        var workers = _scene.BuildWorkers();
        var (user, _) = await _scene.AGroupAsync(workers.Services, "town", devices: 1);
        var log = new MemoryLog { IsAway = true };
        var options = workers.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<SigfoxWorkOptions>>();
        var undelivered = ActivatorUtilities.CreateInstance<UndeliveredMessages>(workers.Services, log, options);
        await using var db = _scene.Database.CreateContext();
        var type = (await workers.Services.GetRequiredService<SigfoxCallbacks>().FindOrAddAsync(db, user.DeviceTypes.Keys.First(), Ct))!;
        await db.SaveChangesAsync(Ct);
        var login = new OS2iot.Core.Sigfox.SigfoxLogin(user.Username, FakeSigfox.Password);
        await workers.Services.GetRequiredService<SigfoxCallbacks>().RepairAsync(type, login, Ct);
        await SendAsync(user, from: 0, count: 3, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60);

        await Assert.ThrowsAsync<LogUnavailableException>(() => undelivered.RecoverAsync(db, type, login, Ct));
        log.IsAway = false;
        Assert.Equal(3, await undelivered.RecoverAsync(db, type, login, Ct));

        var uplinks = log.Appended(LogTopic.Uplinks).Select(UplinkReceived.From).ToList();
        Assert.Equal([0L, 1L, 2L], uplinks.Select(u => u.FCnt!.Value));
        Assert.All(uplinks, u => Assert.True(u.IsRecovered && (u.ReceivedAt - u.SentAt!.Value).Duration() < TimeSpan.FromSeconds(1)));
        Assert.Equal(3, log.Appended(LogTopic.NetworkEvents).Count);
    }

    [Fact]
    public async Task Run_WhenWhatWasNotDeliveredIsOddOrNotForUs_PassesItOver()
    {
        var workers = _scene.BuildWorkers();
        var (user, devices) = await _scene.AGroupAsync(workers.Services, "town", devices: 1);
        await using var db = _scene.Database.CreateContext();
        var typeId = user.DeviceTypes.Keys.First();
        var type = (await workers.Services.GetRequiredService<SigfoxCallbacks>().FindOrAddAsync(db, typeId, Ct))!;
        await db.SaveChangesAsync(Ct);
        var time = (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60) * 1000;
        foreach (var (url, body) in new[]
        {
            ("https://elsewhere.example/hook", "{}"),
            (_scene.PublicUrl + "api/v1/sigfox-callback/data/bidir", "{ not JSON"),
            (_scene.PublicUrl + "api/v1/sigfox-callback/data/bidir", "{\"time\":1}"),
            ("not an address", ReceiveSigfoxCallbackTests.Callback(devices[0].SigfoxId, typeId)),
        })
        {
            user.AddUndelivered(typeId, new JsonObject { ["deviceId"] = devices[0].SigfoxId, ["time"] = time, ["callback"] = new JsonObject { ["url"] = url, ["body"] = body } });
        }

        user.AddUndelivered(typeId, new JsonObject { ["time"] = time });
        var log = new MemoryLog();
        var undelivered = ActivatorUtilities.CreateInstance<UndeliveredMessages>(workers.Services, log);

        Assert.Equal(0, await undelivered.RecoverAsync(db, type, new OS2iot.Core.Sigfox.SigfoxLogin(user.Username, FakeSigfox.Password), Ct));
        Assert.Empty(log.Appended(LogTopic.Uplinks));
    }

    private async Task<List<(string Username, long Recovered)>> RecoveredAsync() => await _scene.ReadAsync(async db =>
        (await db.SigfoxDeviceTypes.OrderBy(t => t.SigfoxGroup!.Username).Select(t => new { t.SigfoxGroup!.Username, t.Recovered }).ToListAsync(Ct))
            .ConvertAll(t => (t.Username, t.Recovered)));

    private Task CallbacksAreGoodAsync() => SigfoxScene.UntilAsync(
        () => _scene.ReadAsync(db => db.SigfoxDeviceTypes.AnyAsync(t => t.CallbacksGoodAt != null, Ct)),
        () => _scene.ReadAsync(async db => (await db.SigfoxDeviceTypes.Select(t => t.CallbacksError).FirstOrDefaultAsync(Ct)) ?? string.Join('\n', _scene.Lines.All.TakeLast(20))));

    /// <summary>Every three seconds one, by turns.</summary>
    private async Task<List<SigfoxDelivery>> SendAsync(SigfoxUser user, int from, int count, long start, int stations = 2)
    {
        var deliveries = new List<SigfoxDelivery>();
        var devices = user.Devices.Keys.ToList();
        for (var n = from; n < from + count; n++)
        {
            deliveries.AddRange(await _scene.Sigfox.Radio.SendAsync(
                user, [new SigfoxMessage { DeviceId = devices[n % devices.Count], Data = $"{n:x4}", SeqNumber = n, Time = start + (3 * n), Stations = stations }], Ct));
        }

        return deliveries;
    }

    private static Task LogIsReadAsync(IServiceProvider services) => SigfoxScene.UntilAsync(
        async () => await services.GetRequiredService<IMessageLog>().ReadLagAsync(LogTopic.Uplinks, "storing", Ct) == 0);
}
