using System.Net;
using System.Text;
using System.Text.Json;
using OS2iot.Tests.DataTargets;

namespace OS2iot.Tests.Api;

/// <summary>What people see of the way to a target: the tries, and a try of their own.</summary>
[Collection(ApiCollection.Name)]
public sealed class DataTargetSendingTests(ApiHost api)
{
    [Fact]
    public async Task Test_WhenThereIsAPackage_SendsItThroughTheRealSender()
    {
        var world = await api.AWorld();
        await using var target = await FakeTarget.StartAsync();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var id = await ATarget(writer, world, target.Url);

        var answer = (await writer.Post("data-target/testDataTarget", new { dataTargetId = id, dataPackage = """{"t":21.50}""" })).Is(HttpStatusCode.Created);

        Assert.Equal("""{"result":{"status":"OK","statusCode":204,"errorMessage":null},"decodedPayload":{"t":21.50}}""", answer.Text);
        Assert.Equal("""{"t":21.50}""", Encoding.UTF8.GetString(Assert.Single(target.Received).Body));
    }

    [Fact]
    public async Task Test_WhenThereIsADevice_SendsItsNewestMessageDecoded()
    {
        var world = await api.AWorld();
        await using var target = await FakeTarget.StartAsync();
        target.Answers(400, body: "no such sensor");
        await AMessage(world, """{"old":true}""", secondsAgo: 60);
        await AMessage(world, """{"a":1}""", secondsAgo: 0);
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var admin = await api.SignedInAsGlobalAdmin();
        var decoder = (await admin.Post("payload-decoder", new
        {
            name = "wrap",
            organizationId = world.Organization,
            decodingFunction = JsonSerializer.Serialize("function decode(payload, metadata) { return { device: metadata.id, value: payload.a }; }"),
        })).Id();
        var id = await ATarget(writer, world, target.Url);

        var answer = (await writer.Post("data-target/testDataTarget", new { dataTargetId = id, iotDeviceId = world.Device, payloadDecoderId = decoder }))
            .Is(HttpStatusCode.Created);

        Assert.Equal(
            $$$"""{"result":{"status":"ERROR","statusCode":400,"errorMessage":"The target answered 400. It said: no such sensor"},"decodedPayload":{"device":{{{world.Device}}},"value":1}}""",
            answer.Text);
        Assert.Equal($$"""{"device":{{world.Device}},"value":1}""", Encoding.UTF8.GetString(Assert.Single(target.Received).Body));
    }

    [Fact]
    public async Task Test_WhenTheDecoderFails_SendsNothing()
    {
        var world = await api.AWorld();
        await using var target = await FakeTarget.StartAsync();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var decoder = (await writer.Post("payload-decoder", new
        {
            name = "broken",
            organizationId = world.Organization,
            decodingFunction = JsonSerializer.Serialize("function decode() { throw new Error('boom'); }"),
        })).Id();

        var answer = (await writer.Post(
            "data-target/testDataTarget", new { dataTargetId = await ATarget(writer, world, target.Url), payloadDecoderId = decoder, dataPackage = "{}" }))
            .Is(HttpStatusCode.Created);

        Assert.Equal("ERROR", answer["result"].GetProperty("status").GetString());
        Assert.Contains("boom", answer["result"].GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, answer["decodedPayload"].ValueKind);
        Assert.Empty(target.Received);
    }

    [Fact]
    public async Task Test_WhenItMayNotOrCannotBe_Refuses()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        var (shared, _) = await api.ASharedTarget(world.Application);
        var elsewhere = await api.ADevice(await api.AnApplication(world.Organization));
        var admin = await api.SignedInAsGlobalAdmin();
        Task<Answer> Test(ApiClient client, object body) => client.Post("data-target/testDataTarget", body);

        (await Test(writer, new { dataTargetId = world.DataTarget })).IsRefused(
            HttpStatusCode.BadRequest,
            """{"statusCode":400,"message":"There is nothing to send: give a dataPackage, or a device that has sent something","error":"Bad Request"}""");
        (await Test(writer, new { dataTargetId = world.DataTarget, iotDeviceId = world.Device })).Is(HttpStatusCode.BadRequest);
        (await Test(writer, new { dataTargetId = shared, dataPackage = "{}" })).IsRefused(
            HttpStatusCode.BadRequest,
            """{"statusCode":400,"message":"Nothing is sent to data targets of this type; the public fetches from them","error":"Bad Request"}""");
        (await Test(admin, new { dataTargetId = world.DataTarget, iotDeviceId = elsewhere })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.NOT-SAME-APPLICATION","error":"Bad Request"}""");
        (await Test(writer, new { dataTargetId = world.DataTarget, iotDeviceId = other.Device })).Is(HttpStatusCode.NotFound);
        (await Test(writer, new { dataTargetId = world.DataTarget, payloadDecoderId = 2_000_000_000, dataPackage = "{}" })).Is(HttpStatusCode.NotFound);
        Assert.Equal(["isJson"], (await Test(writer, new { dataTargetId = world.DataTarget, dataPackage = "{" })).Is(HttpStatusCode.BadRequest).Rules("dataPackage"));
        (await Test(writer, new { dataTargetId = other.DataTarget, dataPackage = "{}" })).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await Test(reader, new { dataTargetId = world.DataTarget, dataPackage = "{}" })).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await Test(writer, new { dataTargetId = 2_000_000_000, dataPackage = "{}" })).Is(HttpStatusCode.NotFound);
        (await Test(api.Anonymous(), new { dataTargetId = world.DataTarget, dataPackage = "{}" })).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Test_WhenAskedTooOften_IsPutOff()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var answers = new List<Answer>();
        for (var i = 0; i < 11; i++)
        {
            answers.Add(await writer.Post("data-target/testDataTarget", new { dataTargetId = world.DataTarget, dataPackage = "{}" }));
        }

        Assert.All(answers.SkipLast(1), a => a.Is(HttpStatusCode.Created));
        Assert.Equal("ERROR", answers[0]["result"].GetProperty("status").GetString());
        answers[^1].Is(HttpStatusCode.TooManyRequests);
        Assert.InRange(answers[^1].Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Log_WhenThereWereTries_ShowsThemNewestFirst()
    {
        var world = await api.AWorld();
        var message = Guid.CreateVersion7();
        await ATry(world, message, attempt: 1, outcome: 1, secondsAgo: 60, status: 503, error: "The target answered 503.");
        await ATry(world, message, attempt: 2, outcome: 0, secondsAgo: 30, status: 204, error: null);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        var log = (await reader.Get($"data-target/{world.DataTarget}/log")).Is(HttpStatusCode.OK);

        Assert.Equal(2, log["count"].GetInt32());
        var newest = log["data"][0];
        Assert.Equal(
            ["messageId", "receivedAt", "attemptedAt", "attempt", "status", "outcome", "statusCode", "durationMs", "error", "connectionId", "iotDevice", "payloadDecoder"],
            newest.EnumerateObject().Select(m => m.Name));
        Assert.Equal((2, "OK", "delivered", 204), (Number(newest, "attempt"), Text(newest, "status"), Text(newest, "outcome"), Number(newest, "statusCode")));
        Assert.Equal(message.ToString(), Text(newest, "messageId"));
        Assert.Equal(world.Device, Number(newest.GetProperty("iotDevice"), "id"));
        Assert.Equal(world.Decoder, Number(newest.GetProperty("payloadDecoder"), "id"));
        Assert.Equal("The target answered 503.", Text(log["data"][1], "error"));
        Assert.Equal(1, (await reader.Get($"data-target/{world.DataTarget}/log?status=ERROR"))["count"].GetInt32());
        Assert.Equal(1, Number((await reader.Get($"data-target/{world.DataTarget}/log?limit=1&offset=1"))["data"][0], "attempt"));

        var rows = (await reader.Get($"datatarget-log/{world.DataTarget}")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(
            ["id", "createdAt", "updatedAt", "type", "statusCode", "message", "iotDevice", "payloadDecoder"], rows[0].EnumerateObject().Select(m => m.Name));
        Assert.Equal(["OK", "ERROR"], rows.EnumerateArray().Select(r => Text(r, "type")));
        Assert.NotEqual(Number(rows[0], "id"), Number(rows[1], "id"));
        Assert.Equal(rows.GetRawText(), (await reader.Get($"datatarget-log/{world.DataTarget}")).Text);
    }

    [Fact]
    public async Task Log_WhenItIsNotTheCallers_IsNotFound()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        foreach (var path in (string[])[$"data-target/{other.DataTarget}/log", $"datatarget-log/{other.DataTarget}", "datatarget-log/0"])
        {
            (await reader.Get(path)).IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
            (await api.Anonymous().Get(path)).Is(HttpStatusCode.Unauthorized);
        }

        (await reader.Get($"data-target/{world.DataTarget}/log?status=MAYBE")).Is(HttpStatusCode.BadRequest);
        (await reader.Get("datatarget-log/x")).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Get_WhenATryFailedLately_SaysSo()
    {
        var world = await api.AWorld();
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        async Task<bool> HasErrors() => (await reader.Get($"data-target/{world.DataTarget}")).Is(HttpStatusCode.OK)["hasRecentErrors"].GetBoolean();
        await ATry(world, Guid.CreateVersion7(), attempt: 1, outcome: 0, secondsAgo: 5, status: 200, error: null);
        await ATry(world, Guid.CreateVersion7(), attempt: 1, outcome: 1, secondsAgo: 2 * 24 * 60 * 60, status: 500, error: "old");
        Assert.False(await HasErrors());

        await ATry(world, Guid.CreateVersion7(), attempt: 1, outcome: 2, secondsAgo: 5, status: 400, error: "new");

        Assert.True(await HasErrors());
    }

    private static string? Text(JsonElement json, string member) => json.GetProperty(member).GetString();

    private static int Number(JsonElement json, string member) => json.GetProperty(member).GetInt32();

    private static async Task<int> ATarget(ApiClient writer, World world, Uri url) => (await writer.Post(
        "data-target", new { name = "t", type = "HTTP_PUSH", applicationId = world.Application, url = url.ToString(), timeout = 3000 })).Id();

    private async Task AMessage(World world, string payload, int secondsAgo) => await api.Database.ExecuteAsync(
        $"""
        INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload)
        VALUES ('{Guid.CreateVersion7()}', now() - {secondsAgo} * interval '1 second', {world.Device}, {world.Organization}, 'GENERIC_HTTP', convert_to('{payload}', 'UTF8'))
        """);

    private Task ATry(World world, Guid message, int attempt, int outcome, int secondsAgo, int status, string? error) => api.Database.ExecuteAsync(
        $"""
        INSERT INTO delivery_attempts
            (message_id, received_at, device_id, connection_id, data_target_id, payload_decoder_id, attempt, attempted_at, duration_ms, outcome, status_code, error)
        SELECT '{message}', t, {world.Device}, {world.Connection}, {world.DataTarget}, {world.Decoder}, {attempt}, t, 17, {outcome}, {status}, {(error is null ? "NULL" : $"'{error}'")}
        FROM (SELECT now() - {secondsAgo} * interval '1 second') x (t)
        """);
}
