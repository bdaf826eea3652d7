using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OS2iot.Simulator.Sigfox;
using OS2iot.Tests.Api;

namespace OS2iot.Tests.Sigfox;

/// <summary>What people see and change at Sigfox through one of their groups.</summary>
[Trait("Category", "Contract")]
public sealed class SigfoxCloudTests(Fakes.PostgreSql postgres) : IAsyncLifetime
{
    private const string Unavailable = """{"statusCode":503,"message":"SigFox can't answer now. Try again later.","error":"Service Unavailable"}""";

    private readonly ApiHost _api = new(postgres);
    private int _organization;
    private int _group;
    private SigfoxUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        await _api.InitializeAsync();
        _organization = await _api.AnOrganization();
        _group = await _api.ASigfoxGroup(_organization, "the user");
        _user = _api.Sigfox.Cloud.Find("the user", FakeSigfox.Password)!;
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    [Covers("GET /sigfox-contract")]
    public async Task Contracts_WhenReader_AreAsSigfoxTellsThem()
    {
        var reader = await _api.SignedInAsReaderOf(_organization);

        var contracts = (await reader.Get($"sigfox-contract?groupId={_group}")).Is(HttpStatusCode.OK);

        Assert.Equal(_user.Contracts.Keys, contracts.Json.EnumerateArray().Select(c => c.GetProperty("id").GetString()));
        Assert.Equal("contract_1", contracts.Json[0].GetProperty("contractId").GetString());
    }

    [Fact]
    [Covers("GET /sigfox-api-device")]
    public async Task Devices_WhenOneIsUsedHere_AreTheOthers()
    {
        var application = await _api.AnApplication(_organization);
        var (used, unused) = (_user.Devices.Keys.First(), _user.Devices.Keys.Last());
        (await (await _api.SignedInAsGlobalAdmin()).Post("iot-device", new
        {
            name = "used",
            type = "SIGFOX",
            applicationId = application,
            sigfoxSettings = new { deviceId = used, groupId = _group, connectToExistingDeviceInBackend = true },
        })).Is(HttpStatusCode.Created);

        var list = (await (await _api.SignedInAsReaderOf(_organization)).Get($"sigfox-api-device?groupId={_group}")).Is(HttpStatusCode.OK);

        Assert.Equal([unused], list["data"].EnumerateArray().Select(d => d.GetProperty("id").GetString()));
    }

    [Fact]
    [Covers("GET /sigfox-device-type")]
    [Covers("GET /sigfox-device-type/:id")]
    [Covers("POST /sigfox-device-type")]
    [Covers("PUT /sigfox-device-type/:id")]
    public async Task DeviceType_WhenCreatedAndChanged_IsThatAtSigfox()
    {
        var admin = await _api.SignedInAsApplicationAdminOf(_organization);
        var body = new { name = "New type", contractId = _user.Contracts.Keys.First(), description = "d", keepAlive = 3600, alertEmail = "a@example.dk" };

        var created = (await admin.Post($"sigfox-device-type?groupId={_group}", body)).Is(HttpStatusCode.Created);
        var id = created["id"].GetString()!;
        (await admin.Put($"sigfox-device-type/{id}?groupId={_group}", new { name = "Renamed", body.contractId, body.description })).IsRefused(HttpStatusCode.NoContent, "");

        Assert.Equal(["id"], created.Json.EnumerateObject().Select(m => m.Name));
        var reader = await _api.SignedInAsReaderOf(_organization);
        var single = (await reader.Get($"sigfox-device-type/{id}?groupId={_group}")).Is(HttpStatusCode.OK);
        Assert.Equal(("Renamed", 1), (single["name"].GetString(), single["downlinkMode"].GetInt32()));
        var list = (await reader.Get($"sigfox-device-type?groupId={_group}")).Is(HttpStatusCode.OK);
        Assert.Equal(2, list["data"].GetArrayLength());
        Assert.Equal(
            "CREATE,UPDATE",
            await _api.Database.ScalarAsync<string>($"SELECT string_agg(action, ',' ORDER BY id) FROM audit_entries WHERE type = 'SigfoxDeviceType' AND entity_id = '{id}' AND organization_id = {_organization}"));
    }

    [Fact]
    [Covers("POST /sigfox-device-type")]
    [Covers("PUT /sigfox-device-type/:id")]
    public async Task DeviceType_WhenSigfoxFindsMistakes_TellsThemAsOurOwn()
    {
        var admin = await _api.SignedInAsApplicationAdminOf(_organization);
        var body = new { name = "New type", contractId = "no-such", description = "d" };

        var created = (await admin.Post($"sigfox-device-type?groupId={_group}", body)).Is(HttpStatusCode.BadRequest);
        var updated = (await admin.Put($"sigfox-device-type/{_user.DeviceTypes.Keys.First()}?groupId={_group}", body)).Is(HttpStatusCode.BadRequest);

        foreach (var refused in new[] { created, updated })
        {
            var item = refused["message"][0];
            Assert.Equal(("contractId", "There is no such contract."), (item.GetProperty("field").GetString(), item.GetProperty("message").GetString()));
            Assert.Equal(JsonValueKind.Array, item.GetProperty("children").ValueKind);
            Assert.Equal(["sigfox"], refused.Rules("contractId"));
        }

        var ours = (await admin.Post($"sigfox-device-type?groupId={_group}", new { name = "", description = new string('x', 301), keepAlive = -1, alertEmail = "x" }))
            .Is(HttpStatusCode.BadRequest);
        Assert.Equal(["minLength"], ours.Rules("name"));
        Assert.Equal(["maxLength"], ours.Rules("description"));
        Assert.Equal(["min"], ours.Rules("keepAlive"));
        Assert.Equal(["isEmail"], ours.Rules("alertEmail"));
        Assert.Contains("isString", ours.Rules("contractId"));
    }

    [Fact]
    [Covers("GET /sigfox-contract")]
    [Covers("GET /sigfox-api-device")]
    [Covers("GET /sigfox-device-type")]
    [Covers("GET /sigfox-device-type/:id")]
    [Covers("POST /sigfox-device-type")]
    [Covers("PUT /sigfox-device-type/:id")]
    public async Task Call_WhenTheCallerMayNotOrThereIsNoSuchGroup_IsRefused()
    {
        var type = _user.DeviceTypes.Keys.First();
        var body = new { name = "n", contractId = "c", description = "" };
        var admin = await _api.SignedInAsApplicationAdminOf(_organization);
        var foreign = await _api.SignedInAsApplicationAdminOf(await _api.AnOrganization());
        var reader = await _api.SignedInAsReaderOf(_organization);
        foreach (var (verb, path) in new[]
        {
            ("GET", "sigfox-contract"), ("GET", "sigfox-api-device"), ("GET", "sigfox-device-type"), ("GET", $"sigfox-device-type/{type}"),
            ("POST", "sigfox-device-type"), ("PUT", $"sigfox-device-type/{type}"),
        })
        {
            Task<Answer> Send(ApiClient client, string groupId) => client.Send(
                new HttpMethod(verb), path + groupId, verb == "GET" ? null : JsonContent.Create(body));

            (await Send(_api.Anonymous(), $"?groupId={_group}")).IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");
            (await Send(foreign, $"?groupId={_group}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
            (await Send(admin, "?groupId=2000000000")).IsRefused(
                HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
            Assert.Equal(["isNumber"], (await Send(admin, "")).Is(HttpStatusCode.BadRequest).Rules("groupId"));
            Assert.Equal(["isNumber"], (await Send(admin, "?groupId=abc")).Is(HttpStatusCode.BadRequest).Rules("groupId"));
            (await Send(await _api.SignedInAsNobody(), $"?groupId={_group}")).IsRefused(
                HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
            if (verb != "GET")
            {
                (await Send(reader, $"?groupId={_group}")).IsRefused(
                    HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
            }
        }

        foreach (var id in new[] { "ffffffffffffffffffffffff", "not-hex", "..%2Fgroups", new string('a', 25) })
        {
            (await reader.Get($"sigfox-device-type/{id}?groupId={_group}")).IsRefused(
                HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
        }
    }

    [Fact]
    [Covers("GET /sigfox-contract")]
    [Covers("GET /sigfox-api-device")]
    [Covers("GET /sigfox-device-type")]
    [Covers("GET /sigfox-device-type/:id")]
    [Covers("POST /sigfox-device-type")]
    [Covers("PUT /sigfox-device-type/:id")]
    public async Task Call_WhenSigfoxIsAwayOrForgotTheLoginOrIsLimited_SaysSo()
    {
        var type = _user.DeviceTypes.Keys.First();
        var body = new { name = "n", contractId = _user.Contracts.Keys.First(), description = "" };
        var admin = await _api.SignedInAsApplicationAdminOf(_organization);
        foreach (var call in new Func<Task<Answer>>[]
        {
            () => admin.Get($"sigfox-contract?groupId={_group}"),
            () => admin.Get($"sigfox-api-device?groupId={_group}"),
            () => admin.Get($"sigfox-device-type?groupId={_group}"),
            () => admin.Get($"sigfox-device-type/{type}?groupId={_group}"),
            () => admin.Put($"sigfox-device-type/{type}?groupId={_group}", body),
            () => admin.Post($"sigfox-device-type?groupId={_group}", body),
        })
        {
            _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 500 };
            (await call()).IsRefused(HttpStatusCode.ServiceUnavailable, Unavailable);
            _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 401 };
            (await call()).IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"MESSAGE.SIGFOX-BAD-LOGIN","error":"Unauthorized"}""");
            _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 403 };
            (await call()).Is(HttpStatusCode.BadGateway);
        }

        _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 429, RetryAfter = 9 };
        var limited = await admin.Get($"sigfox-contract?groupId={_group}");
        limited.IsRefused(
            HttpStatusCode.TooManyRequests,
            """{"statusCode":429,"message":"SigFox requests are limited. Try again in 9 seconds.","error":"Too Many Requests"}""");
        Assert.Equal(TimeSpan.FromSeconds(9), limited.Headers.RetryAfter?.Delta);
    }

    [Fact]
    [Covers("POST /iot-device")]
    [Covers("GET /iot-device/:id")]
    public async Task Device_WhenSigfoxHasIt_IsConnectedAndToldItsNameAndPlace()
    {
        var (application, admin) = await ApplicationAsync();
        var id = _user.Devices.Keys.First();

        var created = (await admin.Post("iot-device", new
        {
            name = "Brønd 7",
            type = "SIGFOX",
            applicationId = application,
            longitude = 10.2,
            latitude = 56.1,
            sigfoxSettings = new { deviceId = id.ToLowerInvariant(), groupId = _group, connectToExistingDeviceInBackend = true },
        })).Is(HttpStatusCode.Created);

        var shown = (await admin.Get($"iot-device/{created.Id()}")).Is(HttpStatusCode.OK);
        foreach (var device in new[] { created, shown })
        {
            Assert.Equal((id, _user.DeviceTypes.Keys.First()), (device["deviceId"].GetString(), device["deviceTypeId"].GetString()));
            Assert.Equal((string)_user.Group["id"]!, device["groupId"].GetString());
            Assert.Equal(JsonValueKind.Null, device["downlinkPayload"].ValueKind);
        }

        var settings = shown["sigfoxSettings"];
        Assert.Equal(
            ["connectToExistingDeviceInBackend", "deviceId", "deviceTypeId", "deviceTypeName", "endProductCertificate", "groupId", "groupName", "pac", "prototype"],
            settings.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal((_group, "Group of the user", "A device type"), (settings.GetProperty("groupId").GetInt32(), settings.GetProperty("groupName").GetString(), settings.GetProperty("deviceTypeName").GetString()));
        Assert.Equal((string)_user.Devices[id]["pac"]!, settings.GetProperty("pac").GetString());
        Assert.True(settings.GetProperty("connectToExistingDeviceInBackend").GetBoolean());
        Assert.Equal("Brønd 7", (string)_user.Devices[id]["name"]!);
        Assert.Equal(56.1, (double)_user.Devices[id]["location"]!["lat"]!);

        var reader = (await (await _api.SignedInAsReaderOf(_organization, application)).Get($"iot-device/{created.Id()}")).Is(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.Null, reader["sigfoxSettings"].GetProperty("pac").ValueKind);
        Assert.DoesNotContain((string)_user.Devices[id]["pac"]!, reader.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Device_WhenSigfoxDoesNotHaveIt_IsCreatedThere()
    {
        var (application, admin) = await ApplicationAsync();
        var settings = new
        {
            deviceId = "AB12CD",
            groupId = _group,
            connectToExistingDeviceInBackend = false,
            deviceTypeId = _user.DeviceTypes.Keys.First(),
            pac = "0123456789ABCDEF",
            endProductCertificate = "P_0001_1",
            prototype = false,
        };

        var created = (await admin.Post("iot-device", new { name = "New", type = "SIGFOX", applicationId = application, sigfoxSettings = settings })).Is(HttpStatusCode.Created);

        Assert.Equal(("AB12CD", "A device type"), (created["deviceId"].GetString(), created["sigfoxSettings"].GetProperty("deviceTypeName").GetString()));
        Assert.Equal("P_0001_1", (string)_user.Devices["AB12CD"]["productCertificate"]!["key"]!);
        Assert.Equal("0123456789ABCDEF", (string)_user.Devices["AB12CD"]["pac"]!);
        Assert.DoesNotContain("0123456789ABCDEF", await _api.Database.ScalarAsync<string>($"SELECT pac_ciphertext FROM devices WHERE id = {created.Id()}"), StringComparison.Ordinal);

        var again = await admin.Post("iot-device", new { name = "New", type = "SIGFOX", applicationId = application, sigfoxSettings = settings });
        again.IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.ID-INVALID-OR-ALREADY-IN-USE"}""");
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Create_WhenRefused_SaysWhyAndSavesNothing()
    {
        var (application, admin) = await ApplicationAsync();
        var id = _user.Devices.Keys.First();
        Task<Answer> Post(object? settings) => admin.Post("iot-device", new { name = "x", type = "SIGFOX", applicationId = application, sigfoxSettings = settings });

        (await Post(null)).IsRefused(HttpStatusCode.BadRequest, """{"message":"sigfoxSettings must be sent for a device of type SIGFOX"}""");
        (await Post(new { deviceId = "FFFFFF", groupId = _group, connectToExistingDeviceInBackend = true }))
            .IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.DEVICE-DOES-NOT-EXIST-IN-SIGFOX-FOR-GROUP"}""");
        var foreign = await _api.ASigfoxGroup(await _api.AnOrganization());
        (await Post(new { deviceId = id, groupId = foreign, connectToExistingDeviceInBackend = true }))
            .IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.ID-DOES-NOT-EXIST"}""");
        (await Post(new { deviceId = id, groupId = _group, connectToExistingDeviceInBackend = true, deviceTypeId = "ffffffffffffffffffffffff" }))
            .Is(HttpStatusCode.BadRequest);

        var invalid = (await Post(new { deviceId = "xyz", groupId = 0 })).Is(HttpStatusCode.BadRequest)["message"][0];
        Assert.Equal("sigfoxSettings", invalid.GetProperty("property").GetString());
        Assert.False(invalid.TryGetProperty("constraints", out _));
        Assert.Equal(
            ["deviceId", "deviceTypeId", "endProductCertificate", "groupId", "pac"],
            invalid.GetProperty("children").EnumerateArray().Select(c => c.GetProperty("property").GetString()).Order());
        var secret = (await Post(new { deviceId = "1", groupId = 0, pac = "0123secret" })).Is(HttpStatusCode.BadRequest);
        Assert.DoesNotContain("0123secret", secret.Text, StringComparison.Ordinal);

        _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 500 };
        (await Post(new { deviceId = id, groupId = _group, connectToExistingDeviceInBackend = true })).IsRefused(HttpStatusCode.ServiceUnavailable, Unavailable);
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 401 };
        (await Post(new { deviceId = id, groupId = _group, connectToExistingDeviceInBackend = true }))
            .IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.SIGFOX-BAD-LOGIN"}""");

        Assert.Equal(0, await _api.Database.ScalarAsync<long>($"SELECT count(*) FROM devices WHERE application_id = {application}"));
    }

    [Fact]
    [Covers("PUT /iot-device/:id")]
    public async Task Update_WhenNothingIsNewToSigfox_DoesNotCallIt()
    {
        var (application, admin) = await ApplicationAsync();
        var sigfoxSettings = new { deviceId = _user.Devices.Keys.First(), groupId = _group, connectToExistingDeviceInBackend = true };
        var id = (await admin.Post("iot-device", new { name = "first", type = "SIGFOX", applicationId = application, sigfoxSettings })).Id();
        var shown = (await admin.Get($"iot-device/{id}"))["sigfoxSettings"];
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 500 };

        (await admin.Put($"iot-device/{id}", new { id, name = "first", type = "SIGFOX", applicationId = application, comment = "c", sigfoxSettings = shown })).Is(HttpStatusCode.OK);
        (await admin.Put($"iot-device/{id}", new { id, name = "first", type = "SIGFOX", applicationId = application, comment = "d" })).Is(HttpStatusCode.OK);
        (await admin.Put($"iot-device/{id}", new { id, name = "second", type = "SIGFOX", applicationId = application, sigfoxSettings = shown }))
            .IsRefused(HttpStatusCode.ServiceUnavailable, Unavailable);
        _api.Sigfox.Cloud.Faults = new SigfoxFaults();
        (await admin.Put($"iot-device/{id}", new { id, name = "second", type = "SIGFOX", applicationId = application, sigfoxSettings = shown })).Is(HttpStatusCode.OK);

        Assert.Equal("second", (string)_user.Devices.Values.First()["name"]!);
    }

    [Fact]
    [Covers("PUT /iot-device/:id")]
    public async Task Update_WhenItsGroupIsOfAnotherOrganization_IsRefused()
    {
        var (application, admin) = await ApplicationAsync();
        var sigfoxSettings = new { deviceId = _user.Devices.Keys.First(), groupId = _group, connectToExistingDeviceInBackend = true };
        var id = (await admin.Post("iot-device", new { name = "first", type = "SIGFOX", applicationId = application, sigfoxSettings })).Id();
        var elsewhere = await _api.AnApplication(await _api.AnOrganization());

        (await (await _api.SignedInAsGlobalAdmin()).Put($"iot-device/{id}", new { id, name = "first", type = "SIGFOX", applicationId = elsewhere, sigfoxSettings }))
            .IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.ID-DOES-NOT-EXIST"}""");
    }

    [Fact]
    [Covers("GET /application/:id/iot-devices")]
    public async Task Lists_WhenThereAreSigfoxDevices_ShowSigfoxsGroup()
    {
        var (application, admin) = await ApplicationAsync();
        var sigfoxSettings = new { deviceId = _user.Devices.Keys.First(), groupId = _group, connectToExistingDeviceInBackend = true };
        var id = (await admin.Post("iot-device", new { name = "first", type = "SIGFOX", applicationId = application, sigfoxSettings })).Id();
        await _api.Database.ExecuteAsync($"INSERT INTO downlinks (device_id, payload, confirmed, state, created_at, updated_at) VALUES ({id}, '\\x0102030405060708', false, 0, now(), now())");

        var list = (await admin.Get($"application/{application}/iot-devices")).Is(HttpStatusCode.OK);

        Assert.Equal((string)_user.Group["id"]!, list["data"][0].GetProperty("groupId").GetString());
        Assert.Equal("0102030405060708", (await admin.Get($"iot-device/{id}"))["downlinkPayload"].GetString());
        Assert.Equal((string)_user.Group["id"]!, (await admin.Get($"application/{application}"))["iotDevices"][0].GetProperty("groupId").GetString());
        Assert.Equal(1, (await admin.Delete($"iot-device/{id}")).Is(HttpStatusCode.OK)["affected"].GetInt32());
        Assert.Equal(1, await _api.Database.ScalarAsync<long>($"SELECT count(*) FROM sigfox_groups WHERE id = {_group}"));
    }

    private async Task<(int Application, ApiClient Admin)> ApplicationAsync()
    {
        var application = await _api.AnApplication(_organization);
        return (application, await _api.SignedInAsApplicationAdminOf(_organization, application));
    }
}
