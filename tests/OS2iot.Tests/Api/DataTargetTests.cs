using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class DataTargetTests(ApiHost api)
{
    private static readonly string[] OfPush =
    [
        "url", "timeout", "authorizationHeader", "authorizationHeaderSet", "method", "bodyFormat", "basicUsername", "basicPassword", "basicPasswordSet",
        "headers", "headersSet", "urlParameters", "urlParametersSet", "tokenEndpoint", "clientId", "clientSecret", "clientSecretSet", "tokenScope",
        "clientCertificate", "clientKey", "clientKeySet", "signingSecret", "signingSecretSet", "previousSigningSecret", "previousSigningSecretSet",
    ];

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

    [Fact]
    [Covers("POST /data-target")]
    public async Task Create_OfEachType_AnswersWithAllOfItsMembers()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        string[] ofAll =
            [
                "id", "createdAt", "updatedAt", "type", "name", "application", "openDataDkDataset", "createdBy", "updatedBy", "hasRecentErrors",
                "paused", "disabledAt", "disabledReason", "maxConcurrency", "deliveries",
            ];

        var push = (await writer.Post("data-target", Push(world))).Is(HttpStatusCode.Created);
        var fiware = (await writer.Post("data-target", Fiware(world))).Is(HttpStatusCode.Created);
        var mqtt = (await writer.Post("data-target", Mqtt(world))).Is(HttpStatusCode.Created);
        var open = (await writer.Post("data-target", Open(world))).Is(HttpStatusCode.Created);

        AssertKeys(push, [.. ofAll, .. OfPush]);
        AssertKeys(
            fiware,
            [
                .. ofAll, "url", "timeout", "authorizationHeader", "authorizationHeaderSet", "tenant", "context", "clientId", "tokenEndpoint", "clientSecret",
                "clientSecretSet",
            ]);
        AssertKeys(
            mqtt,
            [
                .. ofAll, "url", "timeout", "mqttPort", "mqttTopic", "mqttQos", "mqttUsername", "mqttPassword", "mqttPasswordSet", "mqttRetain",
                "clientCertificate", "clientKey", "clientKeySet", "caCertificate",
            ]);
        AssertKeys(open, ofAll);
        Assert.Equal("vejle", fiware["tenant"].GetString());
        Assert.Equal("null", fiware["context"].GetRawText());
        Assert.Equal("null", fiware["clientSecret"].GetRawText());
        Assert.True(fiware["clientSecretSet"].GetBoolean());
        Assert.False(fiware["authorizationHeaderSet"].GetBoolean());
        Assert.Equal("null", mqtt["mqttPassword"].GetRawText());
        Assert.True(mqtt["mqttPasswordSet"].GetBoolean());
        Assert.Equal(8883, mqtt["mqttPort"].GetInt32());
        Assert.Equal(writer.UserId, mqtt["createdBy"].GetInt32());
        Assert.Equal(world.Application, mqtt["application"].GetProperty("id").GetInt32());
        Assert.DoesNotContain("broker-secret", mqtt.Text + fiware.Text, StringComparison.Ordinal);
        var stored = await api.Database.ScalarAsync<string>(
            $"SELECT string_agg(settings::text, '') FROM data_targets WHERE application_id = {world.Application}");
        Assert.DoesNotContain("broker-secret", stored, StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /data-target")]
    public async Task Create_WhenAnMqttMemberIsWrong_NamesItsRule()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        async Task<string[]> Rules(string member, object? value) =>
            (await writer.Post("data-target", Mqtt(world, b => b[member] = value))).Is(HttpStatusCode.BadRequest).Rules(member);

        Assert.Equal(["isUrl"], await Rules("url", "https://broker.example.dk"));
        Assert.Equal(["min"], await Rules("mqttPort", 1024));
        Assert.Equal(["max"], await Rules("mqttPort", 65_536));
        Assert.Equal(["isInt", "max", "min"], await Rules("mqttPort", "many"));
        Assert.Equal(["isInt", "max", "min"], await Rules("mqttPort", null));
        Assert.Equal(["isEnum"], await Rules("mqttQos", 3));
        Assert.Equal(["isEnum"], await Rules("mqttQos", "1"));
        Assert.Equal(["isNotBlank", "minLength"], await Rules("mqttTopic", ""));
        Assert.Equal(["maxLength"], await Rules("mqttTopic", new string('t', 101)));
        Assert.Equal(["matches"], await Rules("mqttTopic", "all/#"));
        Assert.Equal(["isNotBlank", "isString", "maxLength", "minLength"], await Rules("mqttUsername", null));
        Assert.Equal(["isNotBlank", "minLength"], await Rules("mqttPassword", ""));
        Assert.Equal(["isNotBlank", "isString", "maxLength", "minLength"], await Rules("mqttPassword", null));
        Assert.Equal(1883, (await writer.Post("data-target", Mqtt(world, b => b["mqttPort"] = "1883"))).Is(HttpStatusCode.Created)["mqttPort"].GetInt32());
    }

    [Fact]
    [Covers("POST /data-target")]
    public async Task Create_WhenAFormLeavesOptionalMembersEmpty_TakesThem()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        (await writer.Post("data-target", Fiware(world, b =>
        {
            foreach (var member in (string[])["tenant", "context", "tokenEndpoint", "clientId", "clientSecret", "authorizationHeader"])
            {
                b[member] = "";
            }
        }))).Is(HttpStatusCode.Created);
        Assert.Equal(
            ["isUrl"], (await writer.Post("data-target", Fiware(world, b => b["tokenEndpoint"] = "somewhere"))).Is(HttpStatusCode.BadRequest).Rules("tokenEndpoint"));
        Assert.Equal(["isUrl"], (await writer.Post("data-target", Push(world, b => b["url"] = "mqtt://broker"))).Is(HttpStatusCode.BadRequest).Rules("url"));
    }

    [Fact]
    [Covers("POST /data-target")]
    [Covers("PUT /data-target/:id")]
    public async Task Save_WhenTheAddressIsNotEncrypted_NeedsAHostThatTheOperatorAllows()
    {
        const string Refused =
            """{"statusCode":400,"message":"Plain http and mqtt are not allowed to this host; use https or mqtts, or ask the operator to allow the host.","error":"Bad Request"}""";
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        (await writer.Post("data-target", Push(world, b => b["url"] = "http://example.dk/sink"))).IsRefused(HttpStatusCode.BadRequest, Refused);
        (await writer.Post("data-target", Mqtt(world, b => b["url"] = "mqtt://example.dk"))).IsRefused(HttpStatusCode.BadRequest, Refused);
        (await writer.Post("data-target", Fiware(world, b => b["tokenEndpoint"] = "http://example.dk"))).IsRefused(HttpStatusCode.BadRequest, Refused);
        var id = (await writer.Post("data-target", Push(world, b => b["url"] = "http://localhost:5005/sink"))).Is(HttpStatusCode.Created).Id();
        (await writer.Put($"data-target/{id}", Push(world, b => b["url"] = "http://example.dk/sink"))).IsRefused(HttpStatusCode.BadRequest, Refused);

        // What was allowed once can still be renamed.
        await api.Database.ExecuteAsync(
            $"UPDATE data_targets SET settings = jsonb_set(settings, array['url'], to_jsonb('http://example.dk/old'::text)) WHERE id = {id}");
        (await writer.Put($"data-target/{id}", Push(world, b => b["url"] = "http://example.dk/old"))).Is(HttpStatusCode.OK);
    }

    [Fact]
    [Covers("PUT /data-target/:id")]
    public async Task Update_WhenItIsTheAnswerSentBack_ChangesNothing()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        foreach (var body in (Dictionary<string, object?>[])[Push(world), Fiware(world), Mqtt(world), Open(world, b => b["openDataDkDataset"] = ApiHost.ADataset())])
        {
            var created = (await writer.Post("data-target", body)).Is(HttpStatusCode.Created);
            var sentBack = JsonNode.Parse(created.Text)!.AsObject();
            sentBack["applicationId"] = world.Application;

            var answer = (await writer.Put($"data-target/{created.Id()}", sentBack)).Is(HttpStatusCode.OK);

            var (before, after) = (JsonNode.Parse(created.Text)!.AsObject(), JsonNode.Parse(answer.Text)!.AsObject());
            Assert.True(before.Remove("updatedAt") && after.Remove("updatedAt"));
            Assert.True(JsonNode.DeepEquals(before, after), $"{created.Text}\n{answer.Text}");
        }
    }

    [Fact]
    [Covers("PUT /data-target/:id")]
    public async Task Update_WhenTheMqttPasswordIsAbsentEmptyOrNull_KeepsIt()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var id = (await writer.Post("data-target", Mqtt(world))).Id();

        foreach (var body in (Dictionary<string, object?>[])[Mqtt(world, b => b.Remove("mqttPassword")), Mqtt(world, b => b["mqttPassword"] = ""), Mqtt(world, b => b["mqttPassword"] = null)])
        {
            Assert.True((await writer.Put($"data-target/{id}", body)).Is(HttpStatusCode.OK)["mqttPasswordSet"].GetBoolean());
        }

        Assert.Equal(
            ["maxLength"], (await writer.Put($"data-target/{id}", Mqtt(world, b => b["mqttPassword"] = new string('x', 101)))).Is(HttpStatusCode.BadRequest).Rules("mqttPassword"));
    }

    [Fact]
    [Covers("PUT /data-target/:id")]
    public async Task Update_WhenTwoAtOnce_KeepsWhatEachDidNotSend()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var id = (await writer.Post("data-target", Fiware(world, b => b.Remove("clientSecret")))).Id();
        for (var round = 0; round < 5; round++)
        {
            var tenant = $"tenant-{round}";
            await Task.WhenAll(
                writer.Put($"data-target/{id}", Fiware(world, b =>
                {
                    b["tenant"] = tenant;
                    b.Remove("clientSecret");
                })),
                writer.Put($"data-target/{id}", Fiware(world, b => b.Remove("tenant"))));

            var answer = await writer.Get($"data-target/{id}");
            Assert.Equal(tenant, answer["tenant"].GetString());
            Assert.True(answer["clientSecretSet"].GetBoolean());
            (await writer.Put($"data-target/{id}", Fiware(world, b => b["clientSecret"] = null))).Is(HttpStatusCode.OK);
        }
    }

    [Fact]
    [Covers("POST /data-target")]
    [Covers("PUT /data-target/:id")]
    [Covers("GET /data-target/:id")]
    [Covers("DELETE /data-target/:id")]
    [Covers("GET /data-target")]
    public async Task Endpoint_WhenItIsNotTheCallersOrNotThere_Refuses()
    {
        const string Role = """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""";
        const string Object = """{"statusCode":403,"message":"Forbidden"}""";
        const string Unknown = """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""";
        const string Unauthorized = """{"statusCode":401,"message":"Unauthorized"}""";
        const string NoNumber = """{"statusCode":400,"message":"Validation failed (numeric string is expected)","error":"Bad Request"}""";
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        var nobody = await api.SignedInAsNobody();
        var (anonymous, admin) = (api.Anonymous(), await api.SignedInAsGlobalAdmin());

        (await writer.Post("data-target", Push(other))).IsRefused(HttpStatusCode.Forbidden, Object);
        (await reader.Post("data-target", Push(world))).IsRefused(HttpStatusCode.Forbidden, Object);
        (await nobody.Post("data-target", Push(world))).IsRefused(HttpStatusCode.Forbidden, Role);
        (await anonymous.Post("data-target", Push(world))).IsRefused(HttpStatusCode.Unauthorized, Unauthorized);

        (await writer.Put($"data-target/{other.DataTarget}", Push(other))).IsRefused(HttpStatusCode.Forbidden, Object);
        (await writer.Put($"data-target/{world.DataTarget}", Push(other))).IsRefused(HttpStatusCode.Forbidden, Object);
        (await reader.Put($"data-target/{world.DataTarget}", Push(world))).IsRefused(HttpStatusCode.Forbidden, Object);
        (await nobody.Put($"data-target/{world.DataTarget}", Push(world))).IsRefused(HttpStatusCode.Forbidden, Role);
        (await anonymous.Put($"data-target/{world.DataTarget}", Push(world))).IsRefused(HttpStatusCode.Unauthorized, Unauthorized);
        (await writer.Put("data-target/2000000000", Push(world))).IsRefused(HttpStatusCode.NotFound, Unknown);
        (await writer.Put("data-target/x", Push(world))).IsRefused(HttpStatusCode.BadRequest, NoNumber);
        (await writer.Put($"data-target/{world.DataTarget}", Mqtt(world))).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"The type of a data target cannot be changed","error":"Bad Request"}""");
        (await admin.Put($"data-target/{world.DataTarget}", Push(world, b => b["applicationId"] = 2_000_000_000))).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Bad Request"}""");

        (await writer.Get($"data-target/{other.DataTarget}")).IsRefused(HttpStatusCode.NotFound, Unknown);
        (await nobody.Get($"data-target/{world.DataTarget}")).IsRefused(HttpStatusCode.Forbidden, Role);
        (await anonymous.Get($"data-target/{world.DataTarget}")).IsRefused(HttpStatusCode.Unauthorized, Unauthorized);
        (await anonymous.Get("data-target")).IsRefused(HttpStatusCode.Unauthorized, Unauthorized);
        (await nobody.Get("data-target")).IsRefused(HttpStatusCode.Forbidden, Role);
        (await reader.Get($"data-target?applicationId={other.Application}")).IsRefused(HttpStatusCode.Forbidden, Object);

        (await writer.Delete($"data-target/{other.DataTarget}")).IsRefused(HttpStatusCode.Forbidden, Object);
        (await reader.Delete($"data-target/{world.DataTarget}")).IsRefused(HttpStatusCode.Forbidden, Role);
        (await anonymous.Delete($"data-target/{world.DataTarget}")).IsRefused(HttpStatusCode.Unauthorized, Unauthorized);
        (await writer.Delete("data-target/2000000000")).IsRefused(HttpStatusCode.NotFound, Unknown);
        (await writer.Delete($"data-target/{world.DataTarget}")).IsRefused(HttpStatusCode.OK, """{"affected":1}""");
    }

    [Fact]
    [Covers("GET /data-target")]
    public async Task List_InEachOrder_AnswersPages()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        await writer.Post("data-target", Mqtt(world, b => b["name"] = "aaa"));
        await writer.Post("data-target", Open(world, b => b["name"] = "zzz"));
        async Task<string[]> Types(string query) => [.. (await writer.Get($"data-target?applicationId={world.Application}{query}")).Is(HttpStatusCode.OK)["data"]
            .EnumerateArray().Select(t => t.GetProperty("type").GetString()!)];

        Assert.Equal(["HTTP_PUSH", "MQTT", "OPENDATADK"], await Types(""));
        Assert.Equal(["OPENDATADK", "MQTT", "HTTP_PUSH"], await Types("&orderOn=id&sort=DESC"));
        Assert.Equal(["MQTT", "HTTP_PUSH", "OPENDATADK"], await Types("&orderOn=name"));
        Assert.Equal(["MQTT", "HTTP_PUSH", "OPENDATADK"], await Types("&orderOn=datatarget.name&sort=ASC"));
        Assert.Equal(["OPENDATADK", "MQTT", "HTTP_PUSH"], await Types("&orderOn=type&sort=DESC"));
        Assert.Equal(["HTTP_PUSH", "MQTT", "OPENDATADK"], await Types("&orderOn=url&sort=ASC"));
        Assert.Equal(["HTTP_PUSH", "MQTT", "OPENDATADK"], await Types("&orderOn=nonsense&sort=DESC"));
        Assert.Equal(["MQTT"], await Types("&limit=1&offset=1"));
        var list = await writer.Get($"data-target?applicationId={world.Application}&limit=1");
        Assert.Equal(3, list["count"].GetInt32());
        AssertKeys(
            list["data"][0],
            ["id", "createdAt", "updatedAt", "type", "name", "application", "paused", "disabledAt", "disabledReason", "maxConcurrency", "deliveries", .. OfPush]);
        (await writer.Get("data-target?limit=many")).Is(HttpStatusCode.BadRequest);
    }

    private static Dictionary<string, object?> Push(World world, Action<Dictionary<string, object?>>? change = null) => Body(world, "HTTP_PUSH", change, b =>
    {
        b["url"] = "https://example.dk/sink";
        b["timeout"] = 3000;
    });

    private static Dictionary<string, object?> Fiware(World world, Action<Dictionary<string, object?>>? change = null) => Body(world, "FIWARE", change, b =>
    {
        b["url"] = "https://broker.example.dk";
        b["timeout"] = 3000;
        b["tenant"] = "vejle";
        b["tokenEndpoint"] = "https://login.example.dk/token";
        b["clientId"] = "os2iot";
        b["clientSecret"] = "broker-secret";
    });

    private static Dictionary<string, object?> Mqtt(World world, Action<Dictionary<string, object?>>? change = null) => Body(world, "MQTT", change, b =>
    {
        b["url"] = "mqtts://broker.example.dk";
        b["timeout"] = 3000;
        b["mqttPort"] = 8883;
        b["mqttTopic"] = "city/data";
        b["mqttQos"] = 1;
        b["mqttUsername"] = "os2iot";
        b["mqttPassword"] = "broker-secret";
    });

    private static Dictionary<string, object?> Open(World world, Action<Dictionary<string, object?>>? change = null) => Body(world, "OPENDATADK", change, _ => { });

    private static Dictionary<string, object?> Body(
        World world, string type, Action<Dictionary<string, object?>>? change, Action<Dictionary<string, object?>> settings)
    {
        var body = new Dictionary<string, object?> { ["name"] = "t", ["type"] = type, ["applicationId"] = world.Application };
        settings(body);
        change?.Invoke(body);
        return body;
    }

    private static void AssertKeys(Answer answer, string[] keys) => AssertKeys(answer.Json, keys);

    private static void AssertKeys(JsonElement json, string[] keys) => Assert.Equal(keys.Order(), json.EnumerateObject().Select(m => m.Name).Order());
}
