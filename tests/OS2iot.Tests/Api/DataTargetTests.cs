using System.Net;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class DataTargetTests(ApiHost api)
{
    [Fact]
    [Covers("POST /data-target")]
    public async Task Create_WhenComplete_KeepsTheSecretToItself()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var writer = await api.SignedInAsApplicationAdminOf(organization, application);

        var created = (await writer.Post("data-target", new
        {
            name = "t",
            type = "HTTP_PUSH",
            applicationId = application,
            url = "http://localhost:9/x",
            timeout = 3000,
            authorizationHeader = "Bearer top-secret",
        })).Is(HttpStatusCode.Created);

        Assert.Equal("http://localhost:9/x", created["url"].GetString());
        Assert.Equal(3000, created["timeout"].GetInt32());
        Assert.Null(created["authorizationHeader"].GetString());
        Assert.True(created["authorizationHeaderSet"].GetBoolean());
        Assert.Equal("null", created["openDataDkDataset"].GetRawText());
        var stored = await api.Database.ScalarAsync<string>($"SELECT settings::text FROM data_targets WHERE id = {created.Id()}");
        Assert.DoesNotContain("top-secret", stored + created.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /data-target")]
    public async Task Create_WhenMembersAreWrong_NamesEveryRuleAndMasksSecrets()
    {
        var admin = await api.SignedInAsGlobalAdmin();

        var answer = (await admin.Post("data-target", new { name = "", applicationId = 1, type = "HTTP_PUSH", url = "ftp://x", timeout = "1", authorizationHeader = 17 }))
            .Is(HttpStatusCode.BadRequest);

        Assert.Equal(["minLength"], answer.Rules("name"));
        Assert.Equal(["isUrl"], answer.Rules("url"));
        Assert.Equal(["isInt", "max", "min"], answer.Rules("timeout"));
        Assert.Equal(["isString"], answer.Rules("authorizationHeader"));
        Assert.DoesNotContain("17", answer.Text, StringComparison.Ordinal);
        Assert.Equal(["isEnum"], (await admin.Post("data-target", new { name = "t", applicationId = 1, type = "PIGEON" })).Rules("type"));
        (await admin.Post("data-target", new { name = "t", type = "HTTP_PUSH", applicationId = 2_000_000_000, url = "http://x", timeout = 1 })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Bad Request"}""");
    }

    [Fact]
    [Covers("PUT /data-target/:id")]
    [Covers("GET /data-target/:id")]
    public async Task Update_WhenSecretIsAbsentEmptyOrNull_KeepsKeepsOrClears()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var body = new Dictionary<string, object?>
        {
            ["name"] = "t",
            ["type"] = "HTTP_PUSH",
            ["applicationId"] = world.Application,
            ["url"] = "https://example.dk/new",
            ["timeout"] = 1,
        };
        async Task<bool> Secret() => (await writer.Put($"data-target/{world.DataTarget}", body)).Is(HttpStatusCode.OK)["authorizationHeaderSet"].GetBoolean();

        Assert.True(await Secret());
        body["authorizationHeader"] = "";
        Assert.True(await Secret());
        body["authorizationHeader"] = null;
        Assert.False(await Secret());
        Assert.Equal("https://example.dk/new", (await writer.Get($"data-target/{world.DataTarget}"))["url"].GetString());
        (await writer.Put("data-target/0", body)).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    [Covers("GET /data-target")]
    [Covers("GET /data-target/:id")]
    public async Task List_WhenReader_ShowsTargetsOfReadableApplications()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        var list = (await reader.Get("data-target?orderOn=name&sort=asc")).Is(HttpStatusCode.OK);

        Assert.Equal(1, list["count"].GetInt32());
        Assert.Equal(world.Application, list["data"][0].GetProperty("application").GetProperty("id").GetInt32());
        Assert.Equal(1, (await reader.Get($"data-target?applicationId={world.Application}"))["count"].GetInt32());
        (await reader.Get($"data-target?applicationId={other.Application}")).Is(HttpStatusCode.Forbidden);
        (await reader.Get($"data-target/{other.DataTarget}")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
        Assert.Equal(0, (await (await api.SignedInAsReaderOf(world.Organization)).Get("data-target")).Is(HttpStatusCode.OK)["count"].GetInt32());
    }

    [Fact]
    [Covers("DELETE /data-target/:id")]
    public async Task Delete_WhenWriter_TakesItsConnections()
    {
        var world = await api.AWorld();
        (await (await api.SignedInAsReaderOf(world.Organization, world.Application)).Delete($"data-target/{world.DataTarget}")).Is(HttpStatusCode.Forbidden);
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        (await writer.Delete($"data-target/{world.DataTarget}")).Is(HttpStatusCode.OK);

        (await writer.Get($"iot-device-payload-decoder-data-target-connection/{world.Connection}")).Is(HttpStatusCode.NotFound);
        (await writer.Delete($"data-target/{world.DataTarget}")).Is(HttpStatusCode.NotFound);
    }
}
