using System.Net;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class DeviceTests(ApiHost api)
{
    [Fact]
    [Covers("POST /iot-device")]
    [Covers("GET /iot-device/:id")]
    public async Task Create_WhenComplete_HasAKeyThatOnlyWritersSee()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var writer = await api.SignedInAsApplicationAdminOf(organization, application);

        var created = (await writer.Post("iot-device", new
        {
            name = "Sensor",
            type = "GENERIC_HTTP",
            applicationId = application,
            longitude = 10.2,
            latitude = 56.15,
            metadata = """{"floor":"2"}""",
            comment = (string?)null,
        })).Is(HttpStatusCode.Created);

        Assert.True(Guid.TryParse(created["apiKey"].GetString(), out _));
        Assert.Equal("""{"type":"Point","coordinates":[10.2,56.15]}""", created["location"].GetRawText());
        Assert.Equal("""{"floor":"2"}""", created["metadata"].GetString());
        Assert.Equal(application, created["application"].GetProperty("id").GetInt32());
        var reader = await api.SignedInAsReaderOf(organization, application);
        Assert.Null((await reader.Get($"iot-device/{created.Id()}")).Is(HttpStatusCode.OK)["apiKey"].GetString());
        Assert.Equal(
            created["apiKey"].GetString(),
            (await writer.Get($"application/{application}/iot-devices"))["data"][0].GetProperty("apiKey").GetString());
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Create_WhenMembersAreWrong_NamesEveryRule()
    {
        var admin = await api.SignedInAsGlobalAdmin();

        var answer = (await admin.Post("iot-device", new
        {
            type = "TELEPATHY",
            applicationId = 0,
            longitude = 181,
            latitude = "56",
            metadata = """{"":"x"}""",
            deviceModelId = 1.5,
        })).Is(HttpStatusCode.BadRequest);

        Assert.Equal(["isString", "maxLength", "minLength"], answer.Rules("name"));
        Assert.Equal(["isEnum"], answer.Rules("type"));
        Assert.Equal(["min"], answer.Rules("applicationId"));
        Assert.Equal(["max"], answer.Rules("longitude"));
        Assert.Equal(["isNumber", "max", "min"], answer.Rules("latitude"));
        Assert.Equal(["isMetadataJson"], answer.Rules("metadata"));
        Assert.Equal(["isInt"], answer.Rules("deviceModelId"));
        Assert.Contains("MESSAGE.INVALID-KEY-IN-KEY-VALUE-PAIR", answer.Text, StringComparison.Ordinal);
        Assert.False(answer["message"].EnumerateArray().First().TryGetProperty("value", out _));
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Create_WhenNotPossible_AnswersOnlyAMessage()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.Post("iot-device", new { name = "x", type = "GENERIC_HTTP", applicationId = 2_000_000_000 }))
            .IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.APPLICATION-DOES-NOT-EXIST"}""");
        (await admin.Post("iot-device", new { name = "x", type = "GENERIC_HTTP", applicationId = world.Application, deviceModelId = 1 }))
            .IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.DEVICE-MODEL-DOES-NOT-EXIST"}""");
        (await admin.Post("iot-device", new { name = "x", type = "LORAWAN", applicationId = world.Application }))
            .IsRefused(HttpStatusCode.BadRequest, """{"message":"lorawanSettings should not be null or undefined"}""");
        (await (await api.SignedInAsReaderOf(world.Organization, world.Application))
            .Post("iot-device", new { name = "x", type = "GENERIC_HTTP", applicationId = world.Application }))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
    }

    [Fact]
    [Covers("PUT /iot-device/:id")]
    public async Task Update_WhenMembersAreAbsent_KeepsThemButThePlace()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var body = new { id = $"{world.Device}", name = "first", type = "GENERIC_HTTP", applicationId = world.Application };
        (await writer.Put($"iot-device/{world.Device}", new { body.id, body.name, body.type, body.applicationId, longitude = 1, latitude = 2, comment = "kept", commentOnLocation = "c" }))
            .Is(HttpStatusCode.OK);

        (await writer.Put($"iot-device/{world.Device}", new { body.id, body.name, type = "SIGFOX", body.applicationId, longitude = 3, commentOnLocation = (string?)null }))
            .Is(HttpStatusCode.OK);

        var after = await writer.Get($"iot-device/{world.Device}");
        Assert.Equal("GENERIC_HTTP", after["type"].GetString());
        Assert.Equal("kept", after["comment"].GetString());
        Assert.Null(after["commentOnLocation"].GetString());
        Assert.Equal("null", after["location"].GetRawText());
        Assert.Equal(["isNumber", "min"], (await writer.Put($"iot-device/{world.Device}", new { body.name, body.type, body.applicationId })).Rules("id"));
        (await writer.Put("iot-device/0", body)).IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"Not Found"}""");
    }

    [Fact]
    [Covers("PUT /iot-device/:id")]
    public async Task Update_WhenMovedToAnotherApplication_LeavesItsConnections()
    {
        var world = await api.AWorld();
        var second = await api.AnApplication(world.Organization);
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var body = new { id = 1, name = "moved", type = "GENERIC_HTTP", applicationId = second };

        (await writer.Put($"iot-device/{world.Device}", body)).Is(HttpStatusCode.Forbidden);
        var admin = await api.SignedInAsGlobalAdmin();
        Assert.Equal(second, (await admin.Put($"iot-device/{world.Device}", body)).Is(HttpStatusCode.OK)["application"].GetProperty("id").GetInt32());

        Assert.Equal(
            0, (await admin.Get($"iot-device-payload-decoder-data-target-connection/{world.Connection}")).Is(HttpStatusCode.OK)["iotDevices"].GetArrayLength());
    }

    [Fact]
    [Covers("PUT /iot-device/resetHttpDeviceApiKey/:id")]
    public async Task ResetKey_WhenWriter_GivesAnother()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var before = (await writer.Get($"iot-device/{world.Device}"))["apiKey"].GetString();

        var reset = (await writer.Send(HttpMethod.Put, $"iot-device/resetHttpDeviceApiKey/{world.Device}", null)).Is(HttpStatusCode.OK)["apiKey"].GetString();

        Assert.NotEqual(before, reset);
        Assert.Equal(reset, (await writer.Get($"iot-device/{world.Device}"))["apiKey"].GetString());
        (await (await api.SignedInAsReaderOf(world.Organization, world.Application)).Put($"iot-device/resetHttpDeviceApiKey/{world.Device}", new { }))
            .Is(HttpStatusCode.Forbidden);
        (await writer.Put("iot-device/resetHttpDeviceApiKey/0", new { })).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    [Covers("DELETE /iot-device/:id")]
    [Covers("GET /iot-device/:id")]
    public async Task Delete_WhenWriter_KeepsTheConnection()
    {
        var world = await api.AWorld();
        (await (await api.SignedInAsReaderOf(world.Organization, world.Application)).Delete($"iot-device/{world.Device}")).Is(HttpStatusCode.Forbidden);
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        Assert.Equal(1, (await writer.Delete($"iot-device/{world.Device}")).Is(HttpStatusCode.OK)["affected"].GetInt32());

        (await writer.Delete($"iot-device/{world.Device}")).IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"Not Found"}""");
        (await writer.Get($"iot-device/{world.Device}")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
        (await writer.Get($"iot-device-payload-decoder-data-target-connection/{world.Connection}")).Is(HttpStatusCode.OK);
    }
}
