using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;
using OS2iot.Core.Sync;
using OS2iot.Simulator.Sigfox;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Sigfox;

namespace OS2iot.Tests.Sigfox;

/// <summary>Our callbacks at Sigfox, and what else follows us there.</summary>
public sealed class SigfoxSyncTests(PostgreSql postgres) : IAsyncLifetime
{
    private SigfoxScene _scene = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _scene = await SigfoxScene.StartAsync(postgres);

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Callbacks_WhenADeviceTypeComesIntoUse_AreMadeAndBringMessages()
    {
        var workers = await _scene.StartWorkersAsync();
        _scene.StartIngest();

        var (user, devices) = await _scene.AGroupAsync(workers.Services, "town");
        await GoodAsync();

        var callbacks = user.CallbacksOf(TypeOf(user));
        Assert.Equal(
            [(0, 3), (1, 0), (1, 4), (1, 6), (2, 2)],
            callbacks.Select(c => ((int)c["callbackType"]!, (int)c["callbackSubtype"]!)).Order());
        Assert.All(callbacks, c => Assert.StartsWith(_scene.PublicUrl + "api/v1/sigfox-callback/", (string)c["url"]!, StringComparison.Ordinal));
        Assert.True((bool)callbacks.Single(c => (int)c["callbackSubtype"]! == 3)["downlinkHook"]!);
        var sent = await _scene.Sigfox.Radio.SendAsync(user, [new SigfoxMessage { DeviceId = devices[0].SigfoxId, Data = "0102", SeqNumber = 7 }], Ct);
        await _scene.Sigfox.Radio.SendStatusAsync(user, devices[0].SigfoxId, 2.9, 21.5, Ct);
        await _scene.Sigfox.Radio.SendErrorAsync(user, devices[0].SigfoxId, "ERROR", "No message received since yesterday", Ct);
        Assert.All(sent, s => Assert.True(s.IsTaken));
        Assert.Empty(user.Undelivered);
        await SigfoxScene.UntilAsync(async () => (await _scene.StoredAsync()).Count == 1);
        await SigfoxScene.UntilAsync(() => _scene.ReadAsync(db => db.SigfoxStates.AnyAsync(s => s.Battery == 2.9 && s.ErrorSeverity == "ERROR" && s.LinkQuality == "GOOD", Ct)));
    }

    [Fact]
    public async Task Callbacks_OnceSigfoxKnowsTheSecret_AreRefusedWithoutIt()
    {
        var workers = await _scene.StartWorkersAsync(("SigfoxWork:SecretGrace", "00:00:00"));
        _scene.StartIngest();
        var (user, devices) = await _scene.AGroupAsync(workers.Services, "town", devices: 1);
        await GoodAsync();

        var forged = Forged(user);
        var sent = await _scene.Sigfox.Radio.SendAsync(user, [new SigfoxMessage { DeviceId = devices[0].SigfoxId, SeqNumber = 1 }], Ct);
        Assert.All(sent, s => Assert.True(s.IsTaken));
        user.CallbacksOf(TypeOf(user)).Clear();
        user.CallbacksOf(TypeOf(user)).Add(forged);
        sent = await _scene.Sigfox.Radio.SendAsync(user, [new SigfoxMessage { DeviceId = devices[0].SigfoxId, SeqNumber = 2 }], Ct);

        Assert.Equal(401, Assert.Single(sent).Status);
        var secret = workers.Services.GetRequiredService<SecretProtector>().Unprotect(await _scene.ReadAsync(db => db.SigfoxDeviceTypes.Select(t => t.SecretCiphertext).SingleAsync(Ct)));
        Assert.DoesNotContain(_scene.Lines.All, line => line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Callbacks_WhenSomebodyChangedThem_AreRepairedAndOthersLeftAlone()
    {
        var workers = _scene.BuildWorkers();
        var (user, _) = await _scene.AGroupAsync(workers.Services, "town");
        var sync = workers.Services.GetRequiredService<SigfoxSync>();
        await ApplyAsync(workers.Services, sync, user);
        var callbacks = user.CallbacksOf(TypeOf(user));
        JsonObject Of(int subtype) => callbacks.Single(c => (int)c["callbackSubtype"]! == subtype && (string)c["url"]! != "https://elsewhere.example/hook");
        var others = JsonNode.Parse("""{"id":"others","url":"https://elsewhere.example/hook","callbackType":0,"callbackSubtype":3,"channel":"URL","enabled":true}""")!.AsObject();
        callbacks.Add(others);
        Assert.Empty((await CompareAsync(workers.Services, sync)).Different);

        // What people added to the body stays; the rest is put right.
        Of(3)["bodyTemplate"] = ((string)Of(3)["bodyTemplate"]!).Replace("{\n", "{\n  \"station\": \"{station}\",\n", StringComparison.Ordinal);
        Assert.Empty((await CompareAsync(workers.Services, sync)).Different);
        var template = (string)Of(3)["bodyTemplate"]!;
        foreach (var spoil in new Action[]
        {
            () => Of(3)["enabled"] = false,
            () => Of(3)["downlinkHook"] = false,
            () => Of(6)["url"] = (string)Of(6)["url"]! + "x",
            () => Of(4)["httpMethod"] = "GET",
            () => Of(4)["bodyTemplate"] = "{}",
            () => callbacks.Remove(Of(6)),
            () => callbacks.Add(With(Of(3), "id", "double")),
        })
        {
            spoil();
            Assert.Equal(TypeOf(user), Assert.Single((await CompareAsync(workers.Services, sync)).Different).Key);
            await ApplyAsync(workers.Services, sync, user);
            Assert.Empty((await CompareAsync(workers.Services, sync)).Different);
        }

        Assert.Contains(others, callbacks);
        Assert.Equal(6, callbacks.Count);
    }

    [Fact]
    public async Task Callbacks_WhenTheContractLacksSome_AreTheOthersAndNotAskedForEachHour()
    {
        var workers = _scene.BuildWorkers();
        var (user, _) = await _scene.AGroupAsync(workers.Services, "town");
        var sync = workers.Services.GetRequiredService<SigfoxSync>();
        _scene.Sigfox.Cloud.Faults = new SigfoxFaults { RefusedSubtypes = [0, 6] };

        Assert.Equal(SyncResult.Applied, await ApplyAsync(workers.Services, sync, user));
        var calls = _scene.Sigfox.Cloud.Calls.Count;
        Assert.Empty((await CompareAsync(workers.Services, sync)).Different);
        await ApplyAsync(workers.Services, sync, user);

        Assert.Equal([2, 3, 4], user.CallbacksOf(TypeOf(user)).Select(c => (int)c["callbackSubtype"]!).Order());
        Assert.DoesNotContain(_scene.Sigfox.Cloud.Calls.Skip(calls), c => c.StartsWith("POST", StringComparison.Ordinal));
        var type = await _scene.ReadAsync(db => db.SigfoxDeviceTypes.SingleAsync(Ct));
        Assert.NotNull(type.CallbacksGoodAt);
        Assert.Contains("Not in the contract", type.Callbacks, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callbacks_WhenOneLoginIsRefusedOrLimited_AreMadeForTheOthers()
    {
        var workers = await _scene.StartWorkersAsync();
        var (refused, _) = await _scene.AGroupAsync(workers.Services, "refused");
        await _scene.Database.ExecuteAsync("UPDATE sigfox_groups SET password_ciphertext = 'what nobody can read' WHERE username = 'refused'");
        var (good, _) = await _scene.AGroupAsync(workers.Services, "good");

        await SigfoxScene.UntilAsync(() => _scene.ReadAsync(db => db.SigfoxDeviceTypes.AnyAsync(t => t.SigfoxId == TypeOf(good) && t.CallbacksGoodAt != null, Ct)));
        Assert.Empty(refused.CallbacksOf(TypeOf(refused)));
    }

    [Fact]
    public async Task Callbacks_WhileSigfoxLimitsUs_AreMadeWhenItAllows()
    {
        var workers = await _scene.StartWorkersAsync(("Sigfox:FirstPause", "00:00:01"));
        _scene.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 429, RetryAfter = 1, Every = 2, Times = 3 };

        var (user, _) = await _scene.AGroupAsync(workers.Services, "town");

        await GoodAsync();
        Assert.Equal(5, user.CallbacksOf(TypeOf(user)).Count);
    }

    [Fact]
    public async Task Header_WhereTheOperatorWantsIt_IsAtSigfoxAndAskedFor()
    {
        var workers = await _scene.StartWorkersAsync(("Sigfox:SecretInHeader", "true"), ("SigfoxWork:SecretGrace", "00:00:00"));
        _scene.StartIngest();
        var (user, devices) = await _scene.AGroupAsync(workers.Services, "town", devices: 1);
        await GoodAsync();

        var sent = await _scene.Sigfox.Radio.SendAsync(user, [new SigfoxMessage { DeviceId = devices[0].SigfoxId, SeqNumber = 1 }], Ct);
        user.CallbacksOf(TypeOf(user)).ForEach(c => c["headers"] = new JsonObject());
        var without = await _scene.Sigfox.Radio.SendAsync(user, [new SigfoxMessage { DeviceId = devices[0].SigfoxId, SeqNumber = 2 }], Ct);

        Assert.All(sent, s => Assert.True(s.IsTaken));
        Assert.All(without, s => Assert.Equal(401, s.Status));
    }

    [Fact]
    public async Task Devices_ThatSigfoxDoesNotHaveAnyMore_AreToldAndKept()
    {
        var workers = _scene.BuildWorkers();
        var (user, devices) = await _scene.AGroupAsync(workers.Services, "town");
        var sync = workers.Services.GetRequiredService<SigfoxSync>();
        await ApplyAsync(workers.Services, sync, user);
        var gone = user.Devices[devices[0].SigfoxId];
        user.Devices.Remove(devices[0].SigfoxId);

        await CompareAsync(workers.Services, sync);
        Assert.Equal([devices[0].Id], await MissingAsync());
        _scene.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 500, Only = "GET /sigfox/v2/devices" };
        await CompareAsync(workers.Services, sync);
        Assert.Equal([devices[0].Id], await MissingAsync());
        _scene.Sigfox.Cloud.Faults = new SigfoxFaults();
        user.Devices[devices[0].SigfoxId] = gone;
        await CompareAsync(workers.Services, sync);
        Assert.Empty(await MissingAsync());
    }

    [Fact]
    public async Task Compare_WhenSigfoxIsAway_SaysSo()
    {
        var workers = _scene.BuildWorkers();
        var (user, _) = await _scene.AGroupAsync(workers.Services, "town");
        var sync = workers.Services.GetRequiredService<SigfoxSync>();
        await ApplyAsync(workers.Services, sync, user);
        _scene.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 503 };

        await Assert.ThrowsAsync<HttpRequestException>(() => CompareAsync(workers.Services, sync));
        Assert.Equal(SyncOutcome.Unreachable, (await ApplyAsync(workers.Services, sync, user)).Outcome);
        Assert.Contains("can't answer now", await _scene.ReadAsync(db => db.SigfoxDeviceTypes.Select(t => t.CallbacksError).SingleAsync(Ct)), StringComparison.Ordinal);
    }

    private Task<List<int>> MissingAsync() => _scene.ReadAsync(db => db.SigfoxStates.Where(s => s.MissingSince != null).Select(s => s.DeviceId).ToListAsync(Ct));

    private Task GoodAsync() => SigfoxScene.UntilAsync(
        () => _scene.ReadAsync(db => db.SigfoxDeviceTypes.AnyAsync(t => t.CallbacksGoodAt != null, Ct)),
        () => Task.FromResult(string.Join('\n', _scene.Lines.All.TakeLast(20))));

    /// <summary>Somebody else's copy of our callback, without the secret.</summary>
    private static JsonObject Forged(SigfoxUser user)
    {
        var callback = user.CallbacksOf(TypeOf(user)).Single(c => (int)c["callbackSubtype"]! == 3);
        return With(callback, "url", ((string)callback["url"]!).Split("&secret=")[0]);
    }

    private static JsonObject With(JsonObject callback, string name, string value)
    {
        var copy = (JsonObject)callback.DeepClone();
        copy[name] = value;
        return copy;
    }

    private static string TypeOf(SigfoxUser user) => user.DeviceTypes.Keys.First();

    private static async Task<SyncDrift> CompareAsync(IServiceProvider services, SigfoxSync sync)
    {
        await using var scope = services.CreateAsyncScope();
        return await sync.CompareAsync(scope.ServiceProvider.GetRequiredService<Core.Database.AppDbContext>(), Ct);
    }

    private static async Task<SyncResult> ApplyAsync(IServiceProvider services, SigfoxSync sync, SigfoxUser user)
    {
        await using var scope = services.CreateAsyncScope();
        return await sync.ApplyAsync(scope.ServiceProvider.GetRequiredService<Core.Database.AppDbContext>(), SigfoxChanges.OfDeviceType(TypeOf(user)), Ct);
    }
}
