using System.Net;
using System.Text.Json.Nodes;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class MulticastTests(ApiHost api)
{
    private const string Foreign = """{"statusCode":403,"message":"Forbidden"}""";

    private const string Unknown = """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""";

    [Fact]
    [Covers("POST /multicast")]
    [Covers("GET /multicast/:id")]
    public async Task Create_WhenComplete_ShowsKeysToWritersOnly()
    {
        var scene = await AScene();
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);
        var body = Group(scene, scene.Device);

        var created = (await writer.Post("multicast", body)).Is(HttpStatusCode.Created);

        string[] members = ["application", "createdAt", "createdBy", "groupName", "id", "iotDevices", "lorawanMulticastDefinition", "updatedAt", "updatedBy"];
        Assert.Equal(members, created.Json.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal("Lamps", created["groupName"].GetString());
        Assert.Equal(scene.Application, created["application"].GetProperty("id").GetInt32());
        Assert.Equal(scene.Device, created["iotDevices"][0].GetProperty("id").GetInt32());
        Assert.Equal("null", created["iotDevices"][0].GetProperty("OTAAapplicationKey").GetRawText());
        var session = created["lorawanMulticastDefinition"];
        Assert.Equal(
            [
                "address", "applicationSessionKey", "chirpstackGroupId", "createdAt", "dataRate", "frameCounter", "frequency", "groupType", "id",
                "networkSessionKey", "updatedAt",
            ],
            session.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal("01abcdef", session.GetProperty("address").GetString());
        Assert.Equal(body["mcNwkSKey"]!.GetValue<string>(), session.GetProperty("networkSessionKey").GetString());
        Assert.Equal(body["mcAppSKey"]!.GetValue<string>(), session.GetProperty("applicationSessionKey").GetString());
        Assert.Equal(4_000_000_000, session.GetProperty("frameCounter").GetInt64());
        Assert.Equal(5, session.GetProperty("dataRate").GetInt32());
        Assert.Equal(869_525_000, session.GetProperty("frequency").GetInt64());
        Assert.Equal("null", session.GetProperty("chirpstackGroupId").GetRawText());
        var read = (await (await api.SignedInAsReaderOf(scene.Organization, scene.Application)).Get($"multicast/{created.Id()}")).Is(HttpStatusCode.OK);
        Assert.Equal(members, read.Json.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal("null", read["lorawanMulticastDefinition"].GetProperty("networkSessionKey").GetRawText());
        Assert.Equal("null", read["lorawanMulticastDefinition"].GetProperty("applicationSessionKey").GetRawText());
        Assert.DoesNotContain(
            body["mcNwkSKey"]!.GetValue<string>(), await api.Database.ScalarAsync<string>("SELECT json_agg(m)::text FROM lorawan_multicasts m"), StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /multicast")]
    public async Task Create_WhenMembersAreWrong_NamesEveryRule()
    {
        var admin = await api.SignedInAsGlobalAdmin();

        var answer = (await admin.Post("multicast", new
        {
            name = "",
            mcAddr = "0123456789",
            mcNwkSKey = "x",
            fCnt = -1,
            dr = 1.5,
            frequency = "868",
            groupType = "CLASS_D",
            iotDevices = new object[] { new { id = 0 }, 17 },
        })).Is(HttpStatusCode.BadRequest);

        Assert.Equal(["minLength"], answer.Rules("name"));
        Assert.Equal(["isNumber", "min"], answer.Rules("applicationID"));
        Assert.Equal(["isLength"], answer.Rules("mcAddr"));
        Assert.Equal(["isHexadecimal", "isLength"], answer.Rules("mcNwkSKey"));
        Assert.Equal(["isHexadecimal", "isLength"], answer.Rules("mcAppSKey"));
        Assert.Equal(["min"], answer.Rules("fCnt"));
        Assert.Equal(["isInt"], answer.Rules("dr"));
        Assert.Equal(["isInt", "max", "min"], answer.Rules("frequency"));
        Assert.Equal(["isEnum"], answer.Rules("groupType"));
        var devices = answer["message"].EnumerateArray().Single(f => f.GetProperty("property").GetString() == "iotDevices").GetProperty("children");
        Assert.Equal(["0", "1"], devices.EnumerateArray().Select(d => d.GetProperty("property").GetString()));
    }

    [Fact]
    [Covers("POST /multicast")]
    public async Task Create_WhenNotPossible_IsRefused()
    {
        var (scene, other) = (await AScene(), await AScene());
        var http = await api.ADevice(scene.Application);
        var admin = await api.SignedInAsGlobalAdmin();
        const string Failed = """{"statusCode":400,"message":"MESSAGE.POST-FAILED","error":"Bad Request"}""";

        (await admin.Post("multicast", Group(scene, scene.Device, other.Device))).IsRefused(HttpStatusCode.BadRequest, Failed);
        (await admin.Post("multicast", Group(scene, http))).IsRefused(HttpStatusCode.BadRequest, Failed);
        (await admin.Post("multicast", Group(scene with { Application = 2_000_000_000 }))).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Bad Request"}""");
        (await (await api.SignedInAsReaderOf(scene.Organization, scene.Application)).Post("multicast", Group(scene))).IsRefused(HttpStatusCode.Forbidden, Foreign);
        (await (await api.SignedInAsApplicationAdminOf(other.Organization, other.Application)).Post("multicast", Group(scene)))
            .IsRefused(HttpStatusCode.Forbidden, Foreign);
        (await (await api.SignedInAsNobody()).Post("multicast", Group(scene))).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await api.Anonymous().Post("multicast", Group(scene))).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("GET /multicast")]
    public async Task List_WhenReader_ShowsGroupsOfReadableApplications()
    {
        var (scene, other) = (await AScene(), await AScene());
        var (a, b) = (await api.AMulticastGroup(scene.Application, scene.Device), await api.AMulticastGroup(scene.Application));
        await api.AMulticastGroup(other.Application);
        var reader = await api.SignedInAsReaderOf(scene.Organization, scene.Application);

        var list = (await reader.Get($"multicast?applicationId={scene.Application}&orderOn=groupName&sort=desc&limit=10&offset=0")).Is(HttpStatusCode.OK);

        Assert.Equal(2, list["count"].GetInt32());
        Assert.Equal([b, a], list["data"].EnumerateArray().Select(g => g.GetProperty("id").GetInt32()));
        Assert.Equal(
            ["application", "createdAt", "groupName", "id", "lorawanMulticastDefinition", "updatedAt"],
            list["data"][0].EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal("null", list["data"][0].GetProperty("lorawanMulticastDefinition").GetProperty("networkSessionKey").GetRawText());
        Assert.Equal(2, (await reader.Get("multicast"))["count"].GetInt32());
        Assert.Equal(a, (await reader.Get("multicast?limit=1"))["data"][0].GetProperty("id").GetInt32());
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);
        Assert.Equal(32, (await writer.Get("multicast"))["data"][0].GetProperty("lorawanMulticastDefinition").GetProperty("networkSessionKey").GetString()!.Length);
        (await reader.Get($"multicast?applicationId={other.Application}")).IsRefused(HttpStatusCode.Forbidden, Foreign);
        Assert.Equal(0, (await (await api.SignedInAsReaderOf(scene.Organization)).Get("multicast")).Is(HttpStatusCode.OK)["count"].GetInt32());
        (await api.Anonymous().Get("multicast")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("GET /multicast/:id")]
    public async Task Get_WhenUnknownOrForeign_IsNotFound()
    {
        var scene = await AScene();
        var group = await api.AMulticastGroup(scene.Application);
        var reader = await api.SignedInAsReaderOf(scene.Organization);

        (await reader.Get($"multicast/{group}")).IsRefused(HttpStatusCode.NotFound, Unknown);
        (await reader.Get("multicast/0")).IsRefused(HttpStatusCode.NotFound, Unknown);
        (await reader.Get("multicast/x")).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"Validation failed (numeric string is expected)","error":"Bad Request"}""");
    }

    [Fact]
    [Covers("PUT /multicast/:id")]
    public async Task Update_WhenMembersAreAbsent_KeepsThem()
    {
        var scene = await AScene();
        var second = await api.ALoRaWanDevice(scene.Application, scene.Profile);
        var group = await api.AMulticastGroup(scene.Application, scene.Device);
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);
        var before = await writer.Get($"multicast/{group}");

        (await writer.Put($"multicast/{group}", new { name = "Renamed" })).Is(HttpStatusCode.OK);
        var after = (await writer.Put($"multicast/{group}", new
        {
            applicationID = scene.Application,
            fCnt = 8,
            iotDevices = new[] { new { id = second, type = "LORAWAN", name = "whatever" } },
        })).Is(HttpStatusCode.OK);

        Assert.Equal("Renamed", after["groupName"].GetString());
        Assert.Equal(second, after["iotDevices"].EnumerateArray().Single().GetProperty("id").GetInt32());
        Assert.Equal(8, after["lorawanMulticastDefinition"].GetProperty("frameCounter").GetInt64());
        Assert.Equal(
            before["lorawanMulticastDefinition"].GetProperty("networkSessionKey").GetString(),
            after["lorawanMulticastDefinition"].GetProperty("networkSessionKey").GetString());
        Assert.Equal(writer.UserId, after["updatedBy"].GetInt32());
    }

    [Fact]
    [Covers("PUT /multicast/:id")]
    public async Task Update_WhenNotPossible_IsRefused()
    {
        var (scene, other) = (await AScene(), await AScene());
        var group = await api.AMulticastGroup(scene.Application, scene.Device);
        var admin = await api.SignedInAsGlobalAdmin();
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);
        const string Different = """{"statusCode":400,"message":"MESSAGE.DIFFERENT-CREATION-SERVICE-PROFILE","error":"Bad Request"}""";

        (await writer.Put($"multicast/{group}", new { iotDevices = new[] { new { id = other.Device } } })).IsRefused(HttpStatusCode.BadRequest, Different);
        (await admin.Put($"multicast/{group}", new { applicationID = other.Application })).IsRefused(HttpStatusCode.BadRequest, Different);
        (await admin.Put($"multicast/{group}", new { applicationID = 2_000_000_000 })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Bad Request"}""");
        (await writer.Put($"multicast/{group}", new { applicationID = other.Application })).IsRefused(HttpStatusCode.Forbidden, Foreign);
        (await (await api.SignedInAsReaderOf(scene.Organization, scene.Application)).Put($"multicast/{group}", new { name = "x" }))
            .IsRefused(HttpStatusCode.Forbidden, Foreign);
        (await writer.Put("multicast/0", new { name = "x" })).IsRefused(HttpStatusCode.NotFound, Unknown);
        (await writer.Put($"multicast/{group}", new { name = 1 })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(
            other.Application,
            (await admin.Put($"multicast/{group}", new { applicationID = other.Application, iotDevices = new[] { new { id = other.Device } } }))
                .Is(HttpStatusCode.OK)["application"].GetProperty("id").GetInt32());
    }

    [Fact]
    [Covers("DELETE /multicast/:id")]
    public async Task Delete_WhenWriter_KeepsTheDevices()
    {
        var scene = await AScene();
        var group = await api.AMulticastGroup(scene.Application, scene.Device);
        (await (await api.SignedInAsReaderOf(scene.Organization, scene.Application)).Delete($"multicast/{group}")).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await (await api.SignedInAsApplicationAdminOf(await api.AnOrganization())).Delete($"multicast/{group}")).IsRefused(HttpStatusCode.Forbidden, Foreign);
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);
        (await writer.Post($"multicast/{group}/downlink-multicast", new { data = "00", port = 1 })).Is(HttpStatusCode.Created);

        Assert.Equal("""{"affected":1}""", (await writer.Delete($"multicast/{group}")).Is(HttpStatusCode.OK).Text);

        (await writer.Delete($"multicast/{group}")).IsRefused(HttpStatusCode.NotFound, Unknown);
        (await writer.Get($"iot-device/{scene.Device}")).Is(HttpStatusCode.OK);
    }

    [Fact]
    [Covers("POST /multicast/:id/downlink-multicast")]
    [Covers("GET /multicast/:id/downlink-multicast")]
    public async Task Send_WhenSomethingWaits_TakesItsPlace()
    {
        var scene = await AScene();
        var group = await api.AMulticastGroup(scene.Application, scene.Device);
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);
        var path = $"multicast/{group}/downlink-multicast";
        Assert.Equal("""{"deviceQueueItems":[]}""", (await writer.Get(path)).Is(HttpStatusCode.OK).Text);

        Assert.Equal("""{"fCnt":7}""", (await writer.Post(path, new { data = "0102", port = 1 })).Is(HttpStatusCode.Created).Text);
        (await writer.Post(path, new { data = "CAFE", port = 10 })).Is(HttpStatusCode.Created);

        var reader = await api.SignedInAsReaderOf(scene.Organization, scene.Application);
        Assert.Equal(
            """{"deviceQueueItems":[{"multicastGroupId":null,"fCnt":7,"fPort":10,"data":"yv4="}]}""", (await reader.Get(path)).Is(HttpStatusCode.OK).Text);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => writer.Post(path, new { data = $"0{i}", port = 1 })));
        Assert.Equal(1, (await reader.Get(path))["deviceQueueItems"].GetArrayLength());
    }

    [Fact]
    [Covers("POST /multicast/:id/downlink-multicast")]
    [Covers("GET /multicast/:id/downlink-multicast")]
    public async Task Send_WhenNotPossible_IsRefused()
    {
        var scene = await AScene();
        var path = $"multicast/{await api.AMulticastGroup(scene.Application)}/downlink-multicast";
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);

        var answer = (await writer.Post(path, new { data = "xyz", port = 0 })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(["matches"], answer.Rules("data"));
        Assert.Contains("Must be hexadecimal", answer.Text, StringComparison.Ordinal);
        Assert.Equal(["min"], answer.Rules("port"));
        Assert.Equal(["matches"], (await writer.Post(path, new { data = "abc", port = 1 })).Rules("data"));
        Assert.Equal(["maxLength"], (await writer.Post(path, new { data = new string('0', 486), port = 1 })).Rules("data"));
        (await writer.Post("multicast/0/downlink-multicast", new { data = "00", port = 1 })).IsRefused(HttpStatusCode.NotFound, Unknown);
        (await writer.Get("multicast/0/downlink-multicast")).IsRefused(HttpStatusCode.NotFound, Unknown);
        (await (await api.SignedInAsReaderOf(scene.Organization, scene.Application)).Post(path, new { data = "00", port = 1 }))
            .IsRefused(HttpStatusCode.Forbidden, Foreign);
        (await (await api.SignedInAsReaderOf(scene.Organization)).Get(path)).IsRefused(HttpStatusCode.NotFound, Unknown);
        (await api.Anonymous().Get(path)).Is(HttpStatusCode.Unauthorized);
        (await api.Anonymous().Post(path, new { data = "00", port = 1 })).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Device_WhenMovedOrRemoved_LeavesItsGroups()
    {
        var scene = await AScene();
        var (second, application) = (await api.ALoRaWanDevice(scene.Application, scene.Profile), await api.AnApplication(scene.Organization));
        var group = await api.AMulticastGroup(scene.Application, scene.Device, second);
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.Put($"iot-device/{scene.Device}", new { id = 1, name = "moved", type = "LORAWAN", applicationId = application })).Is(HttpStatusCode.OK);
        Assert.Equal(second, (await admin.Get($"multicast/{group}"))["iotDevices"].EnumerateArray().Single().GetProperty("id").GetInt32());
        (await admin.Delete($"iot-device/{second}")).Is(HttpStatusCode.OK);

        Assert.Equal(0, (await admin.Get($"multicast/{group}")).Is(HttpStatusCode.OK)["iotDevices"].GetArrayLength());
    }

    private static JsonObject Group(Scene scene, params int[] deviceIds) => new()
    {
        ["name"] = "Lamps",
        ["applicationID"] = scene.Application,
        ["mcAddr"] = "01ABCDEF",
        ["mcNwkSKey"] = ApiHost.Key(),
        ["mcAppSKey"] = ApiHost.Key(),
        ["fCnt"] = 4_000_000_000,
        ["dr"] = 5,
        ["frequency"] = 869_525_000,
        ["groupType"] = "CLASS_C",
        ["iotDevices"] = new JsonArray([.. deviceIds.Select(id => new JsonObject { ["id"] = id, ["type"] = "LORAWAN" })]),
    };

    private async Task<Scene> AScene()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var profile = await api.ADeviceProfile(organization);
        return new Scene(organization, application, profile, await api.ALoRaWanDevice(application, profile));
    }

    private sealed record Scene(int Organization, int Application, Guid Profile, int Device);
}
