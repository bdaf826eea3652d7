using System.Net;
using System.Text.Json;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class DeviceModelTests(ApiHost api)
{
    private const string Forbidden = """{"statusCode":403,"message":"Forbidden"}""";
    private const string NotFound = """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""";

    [Fact]
    [Covers("POST /device-model")]
    [Covers("GET /device-model/:id")]
    [Covers("GET /device-model")]
    public async Task Create_WhenComplete_IsShownWhereverItIsRead()
    {
        var organization = await api.AnOrganization();
        var writer = await api.SignedInAsApplicationAdminOf(organization);
        var body = new Dictionary<string, object>(ApiHost.AModelBody("Ælde")) { ["deviceClass"] = "C2", ["documentation"] = "https://example.dk/x", ["free"] = new { n = 1.5 } };

        var created = (await writer.Post("device-model", new { belongsToId = organization, body })).Is(HttpStatusCode.Created);

        Assert.Equal(["belongsTo", "body", "createdAt", "createdBy", "id", "updatedAt", "updatedBy"], Members(created.Json));
        Assert.Equal("Ælde", created["body"].GetProperty("name").GetString());
        Assert.Equal(organization, created["belongsTo"].GetProperty("id").GetInt32());
        Assert.Equal(writer.UserId, created["createdBy"].GetInt32());
        var reader = await api.SignedInAsReaderOf(organization);
        var one = (await reader.Get($"device-model/{created.Id()}")).Is(HttpStatusCode.OK);
        Assert.Equal(organization, one["belongsTo"].GetInt32());
        Assert.Equal(1.5, one["body"].GetProperty("free").GetProperty("n").GetDouble());
        var list = (await reader.Get($"device-model?organizationId={organization}&orderOn=id&sort=DESC")).Is(HttpStatusCode.OK);
        Assert.Equal(["body", "createdAt", "id", "updatedAt"], Members(list["data"][0]));
        Assert.Equal(1, list["count"].GetInt32());
        Assert.Equal(1, (await reader.Get("device-model")).Is(HttpStatusCode.OK)["count"].GetInt32());
    }

    [Fact]
    [Covers("POST /device-model")]
    public async Task Create_WhenNotOfTheSchema_NamesWhatIsWrong()
    {
        var organization = await api.AnOrganization();
        var writer = await api.SignedInAsApplicationAdminOf(organization);

        var missing = (await writer.Post("device-model", new { belongsToId = organization, body = new { id = 1, name = "x" } })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(
            """{"property":"type","children":[],"constraints":{"required":"should have required property 'type'"}}""", missing["message"][0].GetRawText());
        Assert.Equal(6, missing["message"].GetArrayLength());

        var body = new Dictionary<string, object?>(ApiHost.AModelBody("x")!)
        {
            ["type"] = "Else",
            ["controlledProperty"] = "temperature",
            ["function"] = new[] { "flying" },
            ["supportedUnits"] = new[] { 1 },
            ["brandName"] = null,
            ["documentation"] = "nowhere",
            ["energyLimitationClass"] = "E3",
        };
        var wrong = (await writer.Post("device-model", new { belongsToId = organization, body })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(
            ["brandName", "controlledProperty", "documentation", "energyLimitationClass", "function", "supportedUnits", "type"],
            wrong["message"].EnumerateArray().Select(f => f.GetProperty("property").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal("Bad Request", wrong["error"].GetString());
        Assert.Equal(["isObject"], (await writer.Post("device-model", new { belongsToId = organization, body = "text" })).Rules("body"));
        Assert.Equal(["isNumber", "min"], (await writer.Post("device-model", new { body })).Rules("belongsToId"));
        (await writer.PostText("device-model", $$$"""{"belongsToId":{{{organization}}},"body":{{{JsonSerializer.Serialize(ApiHost.AModelBody("x"))[..^1]}}},"n":1e400}}"""))
            .Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Covers("PUT /device-model/:id")]
    [Covers("DELETE /device-model/:id")]
    public async Task Change_WhenWriter_IsKeptAndRemoved()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        var changed = (await writer.Put($"device-model/{world.DeviceModel}", new { body = ApiHost.AModelBody("changed") })).Is(HttpStatusCode.OK);
        Assert.Equal("changed", changed["body"].GetProperty("name").GetString());
        Assert.Equal("changed", (await writer.Get($"device-model/{world.DeviceModel}"))["body"].GetProperty("name").GetString());
        (await writer.Put($"device-model/{world.DeviceModel}", new { body = new { } })).Is(HttpStatusCode.BadRequest);

        Assert.Equal("""{"affected":1}""", (await writer.Delete($"device-model/{world.DeviceModel}")).Is(HttpStatusCode.OK).Text);
        (await writer.Delete($"device-model/{world.DeviceModel}")).IsRefused(HttpStatusCode.NotFound, NotFound);
        (await writer.Put($"device-model/{world.DeviceModel}", new { body = ApiHost.AModelBody("x") })).IsRefused(HttpStatusCode.NotFound, NotFound);
        (await writer.Get($"device-model/{world.DeviceModel}")).IsRefused(HttpStatusCode.NotFound, NotFound);
    }

    [Fact]
    [Covers("DELETE /device-model/:id")]
    [Covers("POST /iot-device")]
    [Covers("PUT /iot-device/:id")]
    [Covers("GET /application/:id/iot-devices")]
    public async Task Model_WhenADeviceIsOfIt_IsShownThereAndStays()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var body = new { id = world.Device, name = "x", type = "GENERIC_HTTP", applicationId = world.Application, deviceModelId = (int?)world.DeviceModel };

        var updated = (await writer.Put($"iot-device/{world.Device}", body)).Is(HttpStatusCode.OK);
        Assert.Equal(world.DeviceModel, updated["deviceModel"].GetProperty("id").GetInt32());
        Assert.Equal(world.Organization, updated["deviceModel"].GetProperty("belongsTo").GetProperty("id").GetInt32());
        (await writer.Put($"iot-device/{world.Device}", body with { deviceModelId = null })).Is(HttpStatusCode.OK);
        Assert.Equal(world.DeviceModel, (await writer.Get($"iot-device/{world.Device}"))["deviceModel"].GetProperty("id").GetInt32());
        Assert.Equal(
            world.DeviceModel,
            (await writer.Get($"application/{world.Application}/iot-devices"))["data"][0].GetProperty("deviceModel").GetProperty("id").GetInt32());

        (await writer.Delete($"device-model/{world.DeviceModel}")).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.DELETE-NOT-ALLOWED-ITEM-IS-IN-USE","error":"Bad Request"}""");
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Model_WhenOfAnotherOrganization_IsNotGivenToADevice()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var admin = await api.SignedInAsGlobalAdmin();
        var body = new { id = 1, name = "x", type = "GENERIC_HTTP", applicationId = world.Application, deviceModelId = other.DeviceModel };

        (await writer.Post("iot-device", body)).IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.DEVICE-MODEL-DOES-NOT-EXIST"}""");
        (await admin.Post("iot-device", body)).IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.DEVICE-MODEL-ORGANIZATION-DOES-NOT-MATCH"}""");
        (await writer.Put($"iot-device/{world.Device}", body)).IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.DEVICE-MODEL-DOES-NOT-EXIST"}""");
    }

    [Fact]
    [Covers("GET /device-model")]
    [Covers("GET /device-model/:id")]
    [Covers("POST /device-model")]
    [Covers("PUT /device-model/:id")]
    [Covers("DELETE /device-model/:id")]
    public async Task Model_WhenNotTheCallers_IsRefused()
    {
        var (world, own) = (await api.AWorld(), await api.AWorld());
        var stranger = await api.SignedInAsApplicationAdminOf(own.Organization, own.Application);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        var body = ApiHost.AModelBody("x");

        (await stranger.Get($"device-model?organizationId={world.Organization}")).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        (await stranger.Get($"device-model/{world.DeviceModel}")).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        foreach (var client in new[] { stranger, reader })
        {
            (await client.Post("device-model", new { belongsToId = world.Organization, body })).IsRefused(HttpStatusCode.Forbidden, Forbidden);
            (await client.Put($"device-model/{world.DeviceModel}", new { body })).IsRefused(HttpStatusCode.Forbidden, Forbidden);
            (await client.Delete($"device-model/{world.DeviceModel}")).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        }

        var nobody = await api.SignedInAsNobody();
        (await nobody.Get("device-model")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await api.Anonymous().Get("device-model")).IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");
        var admin = await api.SignedInAsGlobalAdmin();
        (await admin.Post("device-model", new { belongsToId = 2_000_000_000, body })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ORGANIZATION-DOES-NOT-EXISTS","error":"Bad Request"}""");
        Assert.Contains(
            world.DeviceModel, (await admin.Get("device-model?limit=1000&orderOn=id&sort=DESC")).Is(HttpStatusCode.OK)["data"].EnumerateArray().Select(m => m.GetProperty("id").GetInt32()));
    }

    private static string[] Members(JsonElement json) => [.. json.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal)];
}
