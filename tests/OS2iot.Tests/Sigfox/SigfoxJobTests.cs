using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Core.Sigfox;
using OS2iot.Simulator.Sigfox;
using OS2iot.Tests.Api;
using OS2iot.Workers.Sigfox;

namespace OS2iot.Tests.Sigfox;

/// <summary>What takes longer at Sigfox than a person waits: asked for at the Api, done by Workers, seen by whoever asked.</summary>
public sealed class SigfoxJobTests(Fakes.PostgreSql postgres) : IAsyncLifetime
{
    private const string CreateDevice = "POST /sigfox/v2/devices";

    private readonly ApiHost _api = new(postgres);
    private SigfoxScene _scene = null!;
    private int _organization;
    private int _application;
    private int _group;
    private SigfoxUser _user = null!;
    private ApiClient _admin = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string TypeId => _user.DeviceTypes.Keys.First();

    public async ValueTask InitializeAsync()
    {
        await _api.InitializeAsync();
        _scene = SigfoxScene.Of(_api);
        _organization = await _api.AnOrganization();
        _application = await _api.AnApplication(_organization);
        _group = await _api.ASigfoxGroup(_organization, "the user");
        _user = _api.Sigfox.Cloud.Find("the user")!;
        _admin = await _api.SignedInAsApplicationAdminOf(_organization, _application);
    }

    public async ValueTask DisposeAsync()
    {
        await _scene.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Register_WhileSigfoxAnswers429ToEverySecondCall_RegistersAllAndRepeatsNoCallInVain()
    {
        const int Devices = 100;
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var job = (await _admin.Post("sigfox-job/register-devices", Body(Enumerable.Range(1, Devices)))).Is(HttpStatusCode.Created);
        Assert.Equal(("register", "waiting", Devices, 0), (job["kind"].GetString(), job["state"].GetString(), job["total"].GetInt32(), job["succeeded"].GetInt32()));
        var calls = _api.Sigfox.Cloud.Calls.Count;
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 429, Every = 2, RetryAfter = 30, Only = CreateDevice };
        using var jobs = Jobs(_scene.BuildWorkers(clock));
        await jobs.StartAsync(Ct);

        var seen = new HashSet<int>();
        await SigfoxScene.UntilAsync(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            var now = (await _admin.Get($"sigfox-job/{job.Id()}")).Is(HttpStatusCode.OK);
            seen.Add(now["succeeded"].GetInt32());
            return now["state"].GetString() == "done";
        });
        await jobs.StopAsync(Ct);

        var shown = await _admin.Get($"sigfox-job/{job.Id()}");
        Assert.Equal((Devices, Devices, 0), (shown["total"].GetInt32(), shown["succeeded"].GetInt32(), shown["failed"].GetInt32()));
        Assert.True(seen.Count > 10, $"Of the progress only {string.Join(", ", seen.Order())} was seen.");
        Assert.Equal(Devices, Enumerable.Range(1, Devices).Count(n => _user.Devices.ContainsKey($"AB{n:X4}")));

        // Each device once, and once more for each that was refused: nothing was asked while Sigfox wanted a pause.
        var made = _api.Sigfox.Cloud.Calls.Skip(calls).ToList();
        Assert.All(made, call => Assert.Equal(CreateDevice, call));
        Assert.Equal((2 * Devices) - 1, made.Count);
        Assert.Equal(0, await _scene.ReadAsync(db => db.SigfoxDevices.CountAsync(d => d.Registration != null, Ct)));
    }

    [Fact]
    public async Task Register_WhenSigfoxTookADeviceButDidNotSaySo_DoesNotTellItAgain()
    {
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 500, Times = 1, DoesIt = true, Only = CreateDevice };
        var job = (await _admin.Post("sigfox-job/register-devices", Body([1, 2]))).Is(HttpStatusCode.Created);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var jobs = Jobs(_scene.BuildWorkers(clock));

        var done = await DoneAsync(jobs, clock, job.Id());

        Assert.Equal(("done", 2, 0), (done["state"].GetString(), done["succeeded"].GetInt32(), done["failed"].GetInt32()));
        Assert.Equal(2, _api.Sigfox.Cloud.Calls.Count(c => c == CreateDevice));
    }

    [Fact]
    public async Task Register_WhenSigfoxRefusesSome_RegistersTheOthersAndTakesThemUpWhenSentAgain()
    {
        object Mixed(string pac) => Body([1, 2, 3], n => n == 2 ? pac : null);
        var job = (await _admin.Post("sigfox-job/register-devices", Mixed("00"))).Is(HttpStatusCode.Created);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var jobs = Jobs(_scene.BuildWorkers(clock));

        var done = await DoneAsync(jobs, clock, job.Id());

        Assert.Equal(("done", 2, 1), (done["state"].GetString(), done["succeeded"].GetInt32(), done["failed"].GetInt32()));
        var devices = (await _admin.Get($"sigfox-job/{job.Id()}/devices")).Is(HttpStatusCode.OK);
        Assert.Equal(3, devices["count"].GetInt32());
        Assert.Equal(("AB0002", "failed"), (devices["data"][0].GetProperty("sigfoxId").GetString(), devices["data"][0].GetProperty("state").GetString()));
        Assert.Contains("16 characters", devices["data"][0].GetProperty("error").GetString(), StringComparison.Ordinal);
        var refused = devices["data"][0].GetProperty("deviceId").GetInt32();
        var state = (await _admin.Get($"iot-device/{refused}/sigfox")).Is(HttpStatusCode.OK);
        Assert.Equal("refused", state["registration"].GetString());
        Assert.Contains("16 characters", state["registrationError"].GetString(), StringComparison.Ordinal);

        var calls = _api.Sigfox.Cloud.Calls.Count(c => c == CreateDevice);
        var again = (await _admin.Post("sigfox-job/register-devices", Mixed("0123456789ABCDEF"))).Is(HttpStatusCode.Created);
        Assert.Equal(2, again["succeeded"].GetInt32());
        done = await DoneAsync(jobs, clock, again.Id());

        Assert.Equal((3, 0), (done["succeeded"].GetInt32(), done["failed"].GetInt32()));
        Assert.Equal(calls + 1, _api.Sigfox.Cloud.Calls.Count(c => c == CreateDevice));
        Assert.Equal("registered", (await _admin.Get($"iot-device/{refused}/sigfox"))["registration"].GetString());
        Assert.Equal(3, await _scene.ReadAsync(db => db.SigfoxDevices.CountAsync(d => d.ApplicationId == _application, Ct)));
    }

    [Fact]
    public async Task Register_WhenItCanNotBe_SaysWhyAndSavesNothing()
    {
        async Task RefusedAsync(object body, string text)
        {
            var answer = (await _admin.Post("sigfox-job/register-devices", body)).Is(HttpStatusCode.BadRequest);
            Assert.Contains(text, answer.Text, StringComparison.Ordinal);
        }

        await RefusedAsync(Body([1, 1]), "AB0001");
        await RefusedAsync(new { groupId = _group, applicationId = _application, deviceTypeId = TypeId, devices = new[] { new { deviceId = "AB", name = "x", pac = "00" } } }, "endProductCertificate");
        await RefusedAsync(new { groupId = _group, applicationId = _application, deviceTypeId = "ffff", devices = new[] { ADevice(1) } }, "no device type ffff");
        await RefusedAsync(new { groupId = await _api.ASigfoxGroup(await _api.AnOrganization()), applicationId = _application, deviceTypeId = TypeId, devices = new[] { ADevice(1) } }, "ID-DOES-NOT-EXIST");
        await RefusedAsync(new { groupId = _group, applicationId = _application, deviceTypeId = TypeId, devices = new[] { new { deviceId = "not hex", name = "", pac = "" } } }, "isHexadecimal");

        var elsewhere = await _api.AnApplication(_organization);
        (await (await _api.SignedInAsGlobalAdmin()).Post("sigfox-job/register-devices", new { groupId = _group, applicationId = elsewhere, deviceTypeId = TypeId, devices = new[] { ADevice(1) } })).Is(HttpStatusCode.Created);
        await RefusedAsync(Body([1, 2]), "ID-INVALID-OR-ALREADY-IN-USE");
        (await (await _api.SignedInAsReaderOf(_organization, _application)).Post("sigfox-job/register-devices", Body([3]))).Is(HttpStatusCode.Forbidden);
        Assert.Equal(1, await _scene.ReadAsync(db => db.SigfoxDevices.CountAsync(Ct)));
        Assert.Equal(1, await _scene.ReadAsync(db => db.SigfoxJobs.CountAsync(Ct)));
    }

    [Fact]
    public async Task Restart_OfDevices_ShowsHowFarItIsAndForWhichItFailed()
    {
        var ids = new[] { await AConnectedDeviceAsync(0), await AConnectedDeviceAsync(1) };
        var failing = _user.Devices.Keys.Last();
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { JobLooks = 3, FailingDevices = [failing] };
        var job = (await _admin.Post("sigfox-job/restart-devices", new { deviceIds = ids })).Is(HttpStatusCode.Created);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var jobs = Jobs(_scene.BuildWorkers(clock));

        var seen = new List<string>();
        var done = await DoneAsync(jobs, clock, job.Id(), now => seen.Add($"{now["state"].GetString()} {now["succeeded"].GetInt32()}"), TimeSpan.FromMilliseconds(10));

        Assert.Contains("waiting 1", seen);
        Assert.Equal(("done", 2, 1, 1), (done["state"].GetString(), done["total"].GetInt32(), done["succeeded"].GetInt32(), done["failed"].GetInt32()));
        var devices = (await _admin.Get($"sigfox-job/{job.Id()}/devices")).Is(HttpStatusCode.OK)["data"];
        Assert.Equal((failing, "failed", "Asked to fail"), (devices[0].GetProperty("sigfoxId").GetString(), devices[0].GetProperty("state").GetString(), devices[0].GetProperty("error").GetString()));
        Assert.Equal("done", devices[1].GetProperty("state").GetString());
        Assert.Single(_api.Sigfox.Cloud.Calls, c => c == "POST /sigfox/v2/devices/bulk/restart");
        Assert.Equal(1, (await _admin.Get($"sigfox-job?groupId={_group}"))["count"].GetInt32());
        Assert.Equal("CREATE", await _api.Database.ScalarAsync<string>($"SELECT string_agg(action, ',') FROM audit_entries WHERE type = 'SigfoxJob' AND entity_id = '{job.Id()}'"));
    }

    [Fact]
    public async Task Restart_OfADeviceType_RestartsAllOfIt()
    {
        var admin = await _api.SignedInAsApplicationAdminOf(_organization);
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { FailingDevices = [_user.Devices.Keys.First()] };
        var job = (await admin.Post("sigfox-job/restart-device-type", new { groupId = _group, deviceTypeId = TypeId })).Is(HttpStatusCode.Created);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var jobs = Jobs(_scene.BuildWorkers(clock));

        var done = await DoneAsync(jobs, clock, job.Id());

        Assert.Equal(("done", 2, 1, 1), (done["state"].GetString(), done["total"].GetInt32(), done["succeeded"].GetInt32(), done["failed"].GetInt32()));
        Assert.Equal(_user.Devices.Keys.First(), (await admin.Get($"sigfox-job/{job.Id()}/devices"))["data"][0].GetProperty("sigfoxId").GetString());
        (await admin.Post("sigfox-job/restart-device-type", new { groupId = _group, deviceTypeId = "ffff" })).Is(HttpStatusCode.BadRequest);
        (await (await _api.SignedInAsReaderOf(_organization)).Post("sigfox-job/restart-device-type", new { groupId = _group, deviceTypeId = TypeId })).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Restart_OfWhatCanNotBeRestarted_IsRefused()
    {
        var mine = await AConnectedDeviceAsync(0);
        var http = await _api.ADevice(_application);
        var foreign = await _api.ADevice(await _api.AnApplication(await _api.AnOrganization()));

        (await _admin.Post("sigfox-job/restart-devices", new { deviceIds = new[] { mine, http } })).Is(HttpStatusCode.BadRequest);
        (await _admin.Post("sigfox-job/restart-devices", new { deviceIds = new[] { mine, foreign } })).Is(HttpStatusCode.Forbidden);
        (await _admin.Post("sigfox-job/restart-devices", new { deviceIds = new[] { mine, 2_000_000_000 } })).Is(HttpStatusCode.NotFound);
        (await _admin.Post("sigfox-job/restart-devices", new { deviceIds = Array.Empty<int>() })).Is(HttpStatusCode.BadRequest);
        (await (await _api.SignedInAsReaderOf(_organization, _application)).Post("sigfox-job/restart-devices", new { deviceIds = new[] { mine } })).Is(HttpStatusCode.Forbidden);
        Assert.Equal(0, await _scene.ReadAsync(db => db.SigfoxJobs.CountAsync(Ct)));
    }

    [Fact]
    public async Task Transfer_ToAnotherDeviceType_IsFollowedAndThenStored()
    {
        var id = await AConnectedDeviceAsync(0);
        var device = (await _admin.Get($"iot-device/{id}")).Is(HttpStatusCode.OK);
        var other = SigfoxCloud.AddDeviceType(_user, new System.Text.Json.Nodes.JsonObject { ["name"] = "Other type", ["contractId"] = _user.Contracts.Keys.First() });
        var old = TypeId;
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { JobLooks = 2 };

        var updated = (await _admin.Put($"iot-device/{id}", Update(id, device, other))).Is(HttpStatusCode.OK);

        Assert.Equal(old, updated["deviceTypeId"].GetString());
        Assert.Equal(other, (await _admin.Get($"iot-device/{id}/sigfox"))["nextDeviceTypeId"].GetString());
        (await _admin.Put($"iot-device/{id}", Update(id, device, other))).Is(HttpStatusCode.BadRequest);
        var job = (await _admin.Get($"sigfox-job?groupId={_group}"))["data"][0];
        Assert.Equal("transfer", job.GetProperty("kind").GetString());
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var jobs = Jobs(_scene.BuildWorkers(clock));
        await DoneAsync(jobs, clock, job.GetProperty("id").GetInt32());

        var shown = (await _admin.Get($"iot-device/{id}")).Is(HttpStatusCode.OK);
        Assert.Equal((other, "Other type"), (shown["deviceTypeId"].GetString(), shown["sigfoxSettings"].GetProperty("deviceTypeName").GetString()));
        Assert.Equal(JsonValueKind.Null, (await _admin.Get($"iot-device/{id}/sigfox"))["nextDeviceTypeId"].ValueKind);
    }

    [Fact]
    public async Task Transfer_ThatSigfoxRefuses_LeavesTheDeviceAsItIs()
    {
        var id = await AConnectedDeviceAsync(0);
        var device = (await _admin.Get($"iot-device/{id}")).Is(HttpStatusCode.OK);
        var other = SigfoxCloud.AddDeviceType(_user, new System.Text.Json.Nodes.JsonObject { ["name"] = "Other type", ["contractId"] = _user.Contracts.Keys.First() });
        var old = TypeId;
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { FailingDevices = [_user.Devices.Keys.First()] };
        (await _admin.Put($"iot-device/{id}", Update(id, device, other))).Is(HttpStatusCode.OK);
        var job = (await _admin.Get($"sigfox-job?groupId={_group}"))["data"][0];
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var jobs = Jobs(_scene.BuildWorkers(clock));

        var done = await DoneAsync(jobs, clock, job.GetProperty("id").GetInt32());

        Assert.Equal(("done", 1), (done["state"].GetString(), done["failed"].GetInt32()));
        Assert.Equal(old, (await _admin.Get($"iot-device/{id}"))["deviceTypeId"].GetString());
        Assert.Equal(JsonValueKind.Null, (await _admin.Get($"iot-device/{id}/sigfox"))["nextDeviceTypeId"].ValueKind);
    }

    [Fact]
    public async Task Rename_WithinTheHour_IsSavedAndToldToSigfoxLater()
    {
        var id = await AConnectedDeviceAsync(0);
        var sigfoxId = _user.Devices.Keys.First();
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { LimitsChanges = true };
        var settings = (await _admin.Get($"iot-device/{id}"))["sigfoxSettings"];
        Task<Answer> RenameAsync(string name) => _admin.Put($"iot-device/{id}", new { id, name, type = "SIGFOX", applicationId = _application, sigfoxSettings = settings });

        (await RenameAsync("first")).Is(HttpStatusCode.OK);
        (await RenameAsync("second")).Is(HttpStatusCode.OK);
        (await RenameAsync("third")).Is(HttpStatusCode.OK);

        Assert.Equal(("third", "first"), ((await _admin.Get($"iot-device/{id}"))["name"].GetString(), (string)_user.Devices[sigfoxId]["name"]!));
        Assert.True(await _scene.ReadAsync(db => db.SyncChanges.AnyAsync(c => c.Kind == SigfoxChanges.Device && c.Key == sigfoxId && c.NextAttemptAt > TimeProvider.System.GetUtcNow().AddMinutes(50), Ct)));
        _user.Changed.Clear();
        _api.Sigfox.Cloud.Faults = new SigfoxFaults();
        await _api.Database.ExecuteAsync("DELETE FROM sigfox_pauses");
        await using var scope = _scene.BuildWorkers().Services.CreateAsyncScope();
        var sync = scope.ServiceProvider.GetRequiredService<SigfoxSync>();
        var result = await sync.ApplyAsync(
            scope.ServiceProvider.GetRequiredService<Core.Database.AppDbContext>(), SigfoxChanges.OfDevice(sigfoxId, _organization, TimeProvider.System.GetUtcNow()), Ct);
        Assert.Equal(Core.Sync.SyncResult.Applied, result);
        Assert.Equal("third", (string)_user.Devices[sigfoxId]["name"]!);
    }

    [Fact]
    public async Task Job_WhenItsProcessDied_IsGoneOnWithByAnother()
    {
        var job = (await _admin.Post("sigfox-job/register-devices", Body([1, 2]))).Is(HttpStatusCode.Created);
        await _api.Database.ExecuteAsync($"UPDATE sigfox_jobs SET state = 1, lease_owner = gen_random_uuid(), lease_until = now() + interval '4 minutes' WHERE id = {job.Id()}");
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var jobs = Jobs(_scene.BuildWorkers(clock));

        var done = await DoneAsync(jobs, clock, job.Id());

        Assert.Equal(2, done["succeeded"].GetInt32());
        Assert.True(clock.GetUtcNow() > TimeProvider.System.GetUtcNow().AddMinutes(3), "It did not wait until the other was surely dead.");
    }

    [Fact]
    public async Task Job_WhenTheLoginIsWrong_EndsAndSaysWhyAndOthersGoOn()
    {
        var other = await _api.ASigfoxGroup(_organization, "another user");
        var bad = (await _admin.Post("sigfox-job/register-devices", Body([1]))).Is(HttpStatusCode.Created);
        var good = (await _admin.Post("sigfox-job/register-devices", new
        {
            groupId = other,
            applicationId = _application,
            deviceTypeId = _api.Sigfox.Cloud.Find("another user")!.DeviceTypes.Keys.First(),
            devices = new[] { ADevice(2) },
        })).Is(HttpStatusCode.Created);
        _api.Sigfox.Cloud.AddUser("the user", "a new password");
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var jobs = Jobs(_scene.BuildWorkers(clock));

        var ended = await DoneAsync(jobs, clock, bad.Id());
        Assert.Equal("failed", ended["state"].GetString());
        Assert.Contains("password is wrong", ended["message"].GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(FakeSigfox.Password, ended.Text, StringComparison.Ordinal);
        Assert.Equal("done", (await DoneAsync(jobs, clock, good.Id()))["state"].GetString());
    }

    [Fact]
    public async Task Callbacks_OfAGroup_AreShownAndLookedAtWhenAskedFor()
    {
        await AConnectedDeviceAsync(0);
        await _scene.StartWorkersAsync();
        await SigfoxScene.UntilAsync(() => _scene.ReadAsync(db => db.SigfoxDeviceTypes.AnyAsync(t => t.CallbacksGoodAt != null, Ct)));
        var reader = await _api.SignedInAsReaderOf(_organization);

        var shown = (await reader.Get($"sigfox-device-type/callbacks?groupId={_group}")).Is(HttpStatusCode.OK);

        Assert.Equal((TypeId, "good", 5), (shown.Json[0].GetProperty("deviceTypeId").GetString(), shown.Json[0].GetProperty("state").GetString(), shown.Json[0].GetProperty("callbacks").GetArrayLength()));
        Assert.DoesNotContain("ecret=", shown.Text, StringComparison.Ordinal);
        _user.CallbacksOf(TypeId).Clear();
        (await reader.Post($"sigfox-device-type/{TypeId}/callbacks/check?groupId={_group}", new { })).Is(HttpStatusCode.Forbidden);
        (await (await _api.SignedInAsApplicationAdminOf(_organization)).Post($"sigfox-device-type/{TypeId}/callbacks/check?groupId={_group}", new { })).Is(HttpStatusCode.NoContent);
        await SigfoxScene.UntilAsync(() => Task.FromResult(_user.CallbacksOf(TypeId).Count == 5));
    }

    [Fact]
    public async Task Device_WithMessages_ShowsWhatWasLostAndWhoHeardIt()
    {
        var id = await AConnectedDeviceAsync(0);
        await _api.Database.ExecuteAsync(
            $$"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, sent_at, f_cnt, payload, is_recovered)
            SELECT gen_random_uuid(), t, {{id}}, {{_organization}}, 'SIGFOX', t, seq, convert_to('{}', 'UTF8'), seq = 4095
            FROM (VALUES (4090, 1), (4091, 2), (4095, 3), (1, 4), (1, 5), (2000, 6)) AS m (seq, minute),
                LATERAL (SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '1 day' + minute * interval '1 minute' AS t) AS times;
            INSERT INTO sigfox_receptions (message_id, device_id, received_at, stations)
            SELECT gen_random_uuid(), {{id}}, now() - n * interval '1 minute', jsonb_build_array(
                jsonb_build_object('bsId', '0A1B', 'rssi', -100 - n, 'snr', 9), jsonb_build_object('bsId', 'B' || n, 'rssi', NULL))
            FROM generate_series(1, 3) n;
            """);

        var shown = (await _admin.Get($"iot-device/{id}/sigfox")).Is(HttpStatusCode.OK);

        // 4092 to 4094 and 0 are missing; a repeated number and a leap are no losses.
        var day = Assert.Single(shown["days"].EnumerateArray());
        Assert.Equal((6, 4, 1), (day.GetProperty("heard").GetInt32(), day.GetProperty("lost").GetInt32(), day.GetProperty("recovered").GetInt32()));
        var stations = shown["baseStations"];
        Assert.Equal(4, stations.GetArrayLength());
        Assert.Equal(("0A1B", 3, -102d, 9d), (stations[0].GetProperty("id").GetString(), stations[0].GetProperty("messages").GetInt32(), stations[0].GetProperty("rssi").GetDouble(), stations[0].GetProperty("snr").GetDouble()));
        Assert.Equal(("registered", JsonValueKind.Null), (shown["registration"].GetString(), shown["battery"].ValueKind));
        (await _admin.Get($"iot-device/{await _api.ADevice(_application)}/sigfox")).Is(HttpStatusCode.BadRequest);
    }

    private async Task<int> AConnectedDeviceAsync(int index) => (await _admin.Post("iot-device", new
    {
        name = (string)_user.Devices.Values.ElementAt(index)["name"]!,
        type = "SIGFOX",
        applicationId = _application,
        sigfoxSettings = new { deviceId = _user.Devices.Keys.ElementAt(index), groupId = _group, connectToExistingDeviceInBackend = true },
    })).Is(HttpStatusCode.Created).Id();

    private object Update(int id, Answer device, string typeId) => new
    {
        id,
        name = device["name"].GetString(),
        type = "SIGFOX",
        applicationId = _application,
        sigfoxSettings = new { deviceId = device["deviceId"].GetString(), groupId = _group, connectToExistingDeviceInBackend = true, deviceTypeId = typeId },
    };

    private object Body(IEnumerable<int> numbers, Func<int, string?>? pac = null) =>
        new { groupId = _group, applicationId = _application, deviceTypeId = TypeId, devices = numbers.Select(n => ADevice(n, pac?.Invoke(n))) };

    private static object ADevice(int number, string? pac = null) =>
        new { deviceId = $"ab{number:x4}", name = $"Sensor {number}", pac = pac ?? "0123456789ABCDEF", endProductCertificate = "P_0001_1", latitude = 56.1, longitude = 10.2 };

    private static SigfoxJobs Jobs(IHost workers) => ActivatorUtilities.CreateInstance<SigfoxJobs>(workers.Services);

    /// <summary>Lets time go on until the job has ended.</summary>
    /// <param name="jobs">Started when they are not.</param>
    /// <param name="clock">Goes on between looks.</param>
    /// <param name="id">Of the job.</param>
    /// <param name="look">Sees each answer.</param>
    /// <param name="step">Between looks; short where each state of the job is to be seen.</param>
    private async Task<Answer> DoneAsync(SigfoxJobs jobs, FakeTimeProvider clock, int id, Action<Answer>? look = null, TimeSpan? step = null)
    {
        if (jobs.ExecuteTask is null)
        {
            await jobs.StartAsync(Ct);
        }

        Answer shown = null!;
        await SigfoxScene.UntilAsync(async () =>
        {
            clock.Advance(step ?? TimeSpan.FromSeconds(1));
            shown = (await _admin.Get($"sigfox-job/{id}")).Is(HttpStatusCode.OK);
            look?.Invoke(shown);
            return shown["state"].GetString() is "done" or "failed";
        });
        return shown;
    }
}
