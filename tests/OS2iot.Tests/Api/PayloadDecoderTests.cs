using System.Net;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class PayloadDecoderTests(ApiHost api)
{
    [Fact]
    [Covers("POST /payload-decoder")]
    public async Task Create_WhenEncoded_ShowsThePlainScript()
    {
        var organization = await api.AnOrganization();
        var applicationAdmin = await api.SignedInAsApplicationAdminOf(organization);

        var created = (await applicationAdmin.Post(
            "payload-decoder", new { name = "d", organizationId = organization, decodingFunction = "\"function decode(p) {\\n return \\\"æ\\\"; }\"" }))
            .Is(HttpStatusCode.Created);

        Assert.Equal("function decode(p) {\n return \"æ\"; }", created["decodingFunction"].GetString());
        Assert.Equal(organization, created["organization"].GetProperty("id").GetInt32());
    }

    [Fact]
    [Covers("POST /payload-decoder")]
    public async Task Create_WhenNotAllowedOrWrong_IsRefused()
    {
        var (organization, other) = (await api.AnOrganization(), await api.AnOrganization());
        var applicationAdmin = await api.SignedInAsApplicationAdminOf(organization);

        (await applicationAdmin.Post("payload-decoder", new { name = "d", organizationId = organization, decodingFunction = "function decode() {}" }))
            .IsRefused(HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.BAD-ENCODING","error":"Bad Request"}""");
        (await applicationAdmin.Post("payload-decoder", new { name = "d", organizationId = organization, decodingFunction = "{}" })).Is(HttpStatusCode.BadRequest);
        (await applicationAdmin.Post("payload-decoder", new { name = "d", organizationId = organization, decodingFunction = "\"\\u0000\"" })).Is(HttpStatusCode.BadRequest);
        (await applicationAdmin.Post("payload-decoder", new { name = "d", organizationId = other, decodingFunction = "\"\"" })).Is(HttpStatusCode.Forbidden);
        (await (await api.SignedInAsGlobalAdmin()).Post("payload-decoder", new { name = "d", organizationId = 2_000_000_000, decodingFunction = "\"\"" }))
            .IsRefused(HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ORGANIZATION-DOES-NOT-EXISTS","error":"Bad Request"}""");
        Assert.Equal(["isString"], (await applicationAdmin.Post("payload-decoder", new { name = "d", organizationId = organization })).Rules("decodingFunction"));
    }

    [Fact]
    [Covers("PUT /payload-decoder/:id")]
    public async Task Update_WhenScriptChanges_RaisesTheVersionOnce()
    {
        var organization = await api.AnOrganization();
        var id = await api.ADecoder(organization);
        var applicationAdmin = await api.SignedInAsApplicationAdminOf(organization);
        var body = new { name = "renamed", organizationId = organization, decodingFunction = "\"function decode() { return 2; }\"" };

        (await applicationAdmin.Put($"payload-decoder/{id}", body)).Is(HttpStatusCode.OK);
        (await applicationAdmin.Put($"payload-decoder/{id}", body)).Is(HttpStatusCode.OK);

        Assert.Equal(2, await api.Database.ScalarAsync<int>($"SELECT version FROM payload_decoders WHERE id = {id}"));
        (await applicationAdmin.Put($"payload-decoder/{await api.ADecoder(await api.AnOrganization())}", body)).Is(HttpStatusCode.Forbidden);
        (await applicationAdmin.Put("payload-decoder/0", body)).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Versions_WhenScriptChanges_AreKeptAndCanBeRestored()
    {
        var organization = await api.AnOrganization();
        var applicationAdmin = await api.SignedInAsApplicationAdminOf(organization);
        var (reader, stranger) = (await api.SignedInAsReaderOf(organization), await api.SignedInAsApplicationAdminOf(await api.AnOrganization()));
        var id = (await applicationAdmin.Post("payload-decoder", new { name = "d", organizationId = organization, decodingFunction = "\"one\"" }))
            .Is(HttpStatusCode.Created)["id"].GetInt32();
        (await applicationAdmin.Put($"payload-decoder/{id}", new { name = "e", organizationId = organization, decodingFunction = "\"two\"" })).Is(HttpStatusCode.OK);

        (await stranger.Send(HttpMethod.Post, $"payload-decoder/{id}/versions/1/restore", null)).Is(HttpStatusCode.Forbidden);
        (await reader.Send(HttpMethod.Post, $"payload-decoder/{id}/versions/1/restore", null)).Is(HttpStatusCode.Forbidden);
        (await applicationAdmin.Send(HttpMethod.Post, $"payload-decoder/{id}/versions/9/restore", null)).Is(HttpStatusCode.NotFound);
        var restored = (await applicationAdmin.Send(HttpMethod.Post, $"payload-decoder/{id}/versions/1/restore", null)).Is(HttpStatusCode.Created);

        Assert.Equal("one", restored["decodingFunction"].GetString());
        var list = (await reader.Get($"payload-decoder/{id}/versions?orderOn=version&sort=desc&limit=2")).Is(HttpStatusCode.OK);
        Assert.Equal(3, list["count"].GetInt32());
        Assert.Equal([3, 2], list["data"].EnumerateArray().Select(v => v.GetProperty("version").GetInt32()));
        var second = (await reader.Get($"payload-decoder/{id}/versions/2")).Is(HttpStatusCode.OK);
        Assert.Equal(("two", "e"), (second["decodingFunction"].GetString(), second["name"].GetString()));
        Assert.NotEqual(0, second["createdBy"].GetInt32());
        (await reader.Get($"payload-decoder/{id}/versions/4")).Is(HttpStatusCode.NotFound);
        (await reader.Get("payload-decoder/0/versions")).Is(HttpStatusCode.NotFound);

        (await applicationAdmin.Delete($"payload-decoder/{id}")).Is(HttpStatusCode.OK);
        Assert.Equal(0L, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM payload_decoder_versions WHERE payload_decoder_id = {id}"));
    }

    [Fact]
    public async Task Versions_WhenTwoChangeAtOnce_AreTwo()
    {
        var id = await api.ADecoder(await api.AnOrganization());
        await api.Database.ExecuteAsync($"UPDATE payload_decoders SET decoding_function = 'x', version = 2 WHERE id = {id}");
        await api.Database.ExecuteAsync($"UPDATE payload_decoders SET decoding_function = 'y', version = 2 WHERE id = {id}");

        Assert.Equal("2x 3y", await api.Database.ScalarAsync<string>(
            $"SELECT string_agg(version || decoding_function, ' ' ORDER BY version) FROM payload_decoder_versions WHERE payload_decoder_id = {id} AND version > 1"));
    }

    [Fact]
    [Covers("GET /payload-decoder")]
    [Covers("GET /payload-decoder/:id")]
    public async Task List_WhenReader_ShowsTheDecodersOfAll()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var foreign = await api.ADecoder(other);
        var reader = await api.SignedInAsReaderOf(mine);

        var list = (await reader.Get($"payload-decoder?organizationId={other}&orderOn=name&sort=desc")).Is(HttpStatusCode.OK);

        Assert.Equal(foreign, list["data"][0].GetProperty("id").GetInt32());
        (await reader.Get($"payload-decoder/{foreign}")).Is(HttpStatusCode.OK);
        (await reader.Get("payload-decoder/0")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    [Covers("DELETE /payload-decoder/:id")]
    public async Task Delete_WhenUsed_IsRefused()
    {
        var world = await api.AWorld();
        var applicationAdmin = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        (await applicationAdmin.Delete($"payload-decoder/{world.Decoder}")).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.DELETE-NOT-ALLOWED-ITEM-IS-IN-USE","error":"Bad Request"}""");
        (await applicationAdmin.Delete($"iot-device-payload-decoder-data-target-connection/{world.Connection}")).Is(HttpStatusCode.OK);
        (await applicationAdmin.Delete($"payload-decoder/{world.Decoder}")).Is(HttpStatusCode.OK);
        (await applicationAdmin.Delete($"payload-decoder/{world.Decoder}")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    [Covers("POST /test-payload-decoder")]
    public async Task Try_WhenScriptRuns_AnswersItsResult()
    {
        var client = await api.SignedInAsNobody();

        var answer = (await Try(client, "function decode(payload, device) { return { twice: payload.level * 2, name: device.name }; }")).Is(HttpStatusCode.Created);

        Assert.Equal("""{"twice":3,"name":"æ"}""", answer.Text);
    }

    [Theory]
    [InlineData("function decode() { throw new Error('boom'); }", "boom")]
    [InlineData("function decode() { while (true) { } }", "")]
    [InlineData("this is no script", "")]
    [Covers("POST /test-payload-decoder")]
    public async Task Try_WhenScriptFails_SaysWhy(string script, string why)
    {
        var client = await api.SignedInAsNobody();

        var text = (await Try(client, script)).Is(HttpStatusCode.BadRequest)["message"].GetString()!;

        Assert.StartsWith("Got error: ", text, StringComparison.Ordinal);
        Assert.Contains(why, text, StringComparison.Ordinal);
    }

    private static Task<Answer> Try(ApiClient client, string script) => client.Post("test-payload-decoder", new
    {
        code = System.Text.Json.JsonSerializer.Serialize(script),
        iotDeviceJsonString = """{"name":"æ"}""",
        rawPayloadJsonString = """{"level":1.5}""",
    });

    [Fact]
    [Covers("POST /payload-decoder")]
    [Covers("PUT /payload-decoder/:id")]
    [Covers("DELETE /payload-decoder/:id")]
    [Covers("GET /payload-decoder")]
    [Covers("GET /payload-decoder/:id")]
    [Covers("POST /test-payload-decoder")]
    public async Task Endpoints_WhenNotAllowedOrWrong_AreRefused()
    {
        var (organization, other) = (await api.AnOrganization(), await api.AnOrganization());
        var id = await api.ADecoder(organization);
        var (writer, reader) = (await api.SignedInAsApplicationAdminOf(organization), await api.SignedInAsReaderOf(organization));
        var body = new { name = "d", organizationId = organization, decodingFunction = "\"\"" };
        const string WrongRole = """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""";
        const string Missing = """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""";

        (await reader.Post("payload-decoder", body)).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await reader.Put($"payload-decoder/{id}", body)).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await reader.Delete($"payload-decoder/{id}")).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await writer.Put($"payload-decoder/{id}", body with { organizationId = other })).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await writer.Put($"payload-decoder/{id}", body with { decodingFunction = "x" })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.BAD-ENCODING","error":"Bad Request"}""");
        Assert.Equal(["maxLength"], (await writer.Put($"payload-decoder/{id}", body with { name = new string('x', 51) })).Rules("name"));
        (await writer.Put("payload-decoder/0", body)).IsRefused(HttpStatusCode.NotFound, Missing);
        (await writer.Get("payload-decoder/0")).IsRefused(HttpStatusCode.NotFound, Missing);
        (await writer.Delete("payload-decoder/0")).IsRefused(HttpStatusCode.NotFound, Missing);
        (await writer.Delete($"payload-decoder/{await api.ADecoder(other)}")).IsRefused(HttpStatusCode.NotFound, Missing);
        (await (await api.SignedInAsNobody()).Get("payload-decoder")).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await api.Anonymous().Post("test-payload-decoder", new { code = "\"\"", iotDeviceJsonString = "{}", rawPayloadJsonString = "{}" }))
            .IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");
        Assert.Equal(["isString"], (await reader.Post("test-payload-decoder", new { code = "\"\"", iotDeviceJsonString = "{}" })).Rules("rawPayloadJsonString"));
    }
}
