using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.DataTargets;
using OS2iot.Workers.Delivery;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
public sealed class ResendTests(ApiHost api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resend_OfADeliveredAndOfADeadMessage_GoesThroughTheWholePipelineAgain()
    {
        await using var target = await FakeTarget.StartAsync();
        await using var workers = new WorkersHost(api, target.Url);
        _ = workers.Services;
        var world = await api.AWorld();
        var admin = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        await api.Database.ExecuteAsync($$"""UPDATE data_targets SET settings = '{"url":"{{target.Url}}","timeout":3000}' WHERE id = {{world.DataTarget}}""");
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await workers.ReceiveAsync(world, first, """{"n":1}""");
        await workers.ReceiveAsync(world, second, """{"n":2}""");
        await UntilAsync(() => Task.FromResult(Count(target) == 2));
        await UntilAsync(async () => await StateAsync(admin, world, first) == "delivered" && await StateAsync(admin, world, second) == "delivered");

        // One was delivered, the other becomes a dead letter of long ago.
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO deliveries (message_id, received_at, device_id, application_id, organization_id, payload_decoder_id, connection_id, data_target_id, payload, state, attempts, next_attempt_at, last_error, created_at)
            SELECT id, received_at, device_id, {world.Application}, {world.Organization}, {world.Decoder}, {world.Connection}, {world.DataTarget}, convert_to('[2]', 'UTF8'), 1, 10, now() + interval '1 day', 'away', now() - interval '5 days'
            FROM received_messages WHERE id = '{second}'
            """);
        var again = (await admin.Post($"iot-device/{world.Device}/messages/{first}/resend", new { })).Is(HttpStatusCode.Created);
        Assert.Equal("""{"messages":1,"queued":1,"waiting":0,"withoutResult":0,"continueFrom":null}""", again.Text);
        var range = (await admin.Post($"iot-device/{world.Device}/messages/resend", new { from = "2020-01-01" })).Is(HttpStatusCode.Created);
        Assert.Equal(2, range["messages"].GetInt32());
        Assert.InRange(range["queued"].GetInt32(), 1, 1);

        await UntilAsync(() => Task.FromResult(Count(target) == 4));
        await UntilAsync(async () => await api.Database.ScalarAsync<long>($"SELECT count(*) FROM deliveries WHERE device_id = {world.Device}") == 0);
        Assert.Equal(new[] { first, first, second, second }.Order(), target.Received.Select(r => Guid.Parse(r.Headers["webhook-id"]!)).Order());
        Assert.Equal("[2]", Encoding.UTF8.GetString(target.Received.Last(r => Guid.Parse(r.Headers["webhook-id"]!) == second).Body));
        var told = (await (await api.SignedInAsUserAdminOf(world.Organization)).Get("audit-log?action=RESEND"))["data"];
        Assert.Equal(2, told.GetArrayLength());
        Assert.Equal(first, told[1].GetProperty("after").GetProperty("messageId").GetGuid());
    }

    [Fact]
    public async Task Resend_AskedTwiceAtOnce_QueuesEachDeliveryOnce()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var (good, bad) = (await AMessage(world, decoded: true), await AMessage(world, decoded: false));
        var raw = await api.AConnection(world.Device, world.DataTarget);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => admin.Post($"iot-device/{world.Device}/messages/resend", new { from = "2020-01-01", onlyFailed = false })));

        Assert.Equal(3, answers.Sum(a => a.Is(HttpStatusCode.Created)["queued"].GetInt32()));
        Assert.All(answers, a => Assert.Equal(1, a["withoutResult"].GetInt32()));
        Assert.Equal(3L, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM deliveries WHERE device_id = {world.Device}"));
        var list = (await admin.Get($"data-target/{world.DataTarget}/deliveries?state=pending&sort=ASC")).Is(HttpStatusCode.OK);
        Assert.Equal(3, list["count"].GetInt32());
        Assert.Equal([good, good, bad], list["data"].EnumerateArray().Select(d => d.GetProperty("messageId").GetGuid()));
        Assert.Equal(
            ["attempts", "connectionId", "createdAt", "deviceId", "deviceName", "lastError", "messageId", "nextAttemptAt", "receivedAt", "state"],
            list["data"][0].EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal(raw, list["data"][2].GetProperty("connectionId").GetInt32());
        Assert.Equal(0, (await admin.Get($"data-target/{world.DataTarget}/deliveries?state=dead"))["count"].GetInt32());
    }

    [Fact]
    public async Task Resend_ToSomeConnectionsOnly_LeavesTheOthersAlone()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var message = await AMessage(world, decoded: true);
        var raw = await api.AConnection(world.Device, world.DataTarget);

        Assert.Equal(1, (await admin.Post($"iot-device/{world.Device}/messages/{message}/resend", new { connectionIds = new[] { raw } }))["queued"].GetInt32());
        Assert.Equal(0, (await admin.Post($"iot-device/{world.Device}/messages/{message}/resend", new { dataTargetIds = new[] { 1_000_000 } }))["queued"].GetInt32());
        var both = (await admin.Post($"iot-device/{world.Device}/messages/{message}/resend", new { })).Is(HttpStatusCode.Created);
        Assert.Equal((1, 1), (both["queued"].GetInt32(), both["waiting"].GetInt32()));
    }

    [Fact]
    public async Task Resend_OfMoreThanOneCallTakes_SaysWhereToGoOn()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload)
            SELECT gen_random_uuid(), now() - n * interval '1 second', {world.Device}, {world.Organization}, 'GENERIC_HTTP', '' FROM generate_series(1, 10004) n;
            INSERT INTO deliveries (message_id, received_at, device_id, application_id, organization_id, connection_id, data_target_id, payload, state, attempts, next_attempt_at, created_at)
            SELECT id, received_at, device_id, {world.Application}, {world.Organization}, {world.Connection}, {world.DataTarget}, '', 1, 10, now(), now() FROM received_messages WHERE device_id = {world.Device};
            """);

        var first = (await admin.Post($"iot-device/{world.Device}/messages/resend", new { from = "2020-01-01" })).Is(HttpStatusCode.Created);
        Assert.Equal((10_000, 10_000), (first["messages"].GetInt32(), first["queued"].GetInt32()));
        var rest = (await admin.Post($"iot-device/{world.Device}/messages/resend", new { from = first["continueFrom"].GetString() })).Is(HttpStatusCode.Created);
        Assert.Equal(4, rest["queued"].GetInt32());
        Assert.Null(rest["continueFrom"].GetString());

        await api.Database.ExecuteAsync($"UPDATE deliveries SET state = 1 WHERE device_id = {world.Device}");
        var target = (await admin.Post($"data-target/{world.DataTarget}/deliveries/resend", new { })).Is(HttpStatusCode.Created);
        Assert.Equal("""{"queued":10000,"more":true}""", target.Text);
        Assert.Equal("""{"queued":0,"more":false}""", (await admin.Post($"data-target/{world.DataTarget}/deliveries/resend", new { to = "2020-01-01" })).Text);
        Assert.Equal("""{"queued":0,"more":false}""", (await admin.Post($"data-target/{world.DataTarget}/deliveries/resend", new { deviceIds = new[] { 1 } })).Text);
        Assert.Equal("""{"queued":4,"more":false}""", (await admin.Post($"data-target/{world.DataTarget}/deliveries/resend", new { deviceIds = new[] { world.Device } })).Text);
    }

    [Fact]
    public async Task Resend_WhenNotAllowedOrNotThere_IsRefused()
    {
        var world = await api.AWorld();
        var message = await AMessage(world, decoded: true);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        var admin = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        (await reader.Post($"iot-device/{world.Device}/messages/{message}/resend", new { })).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await reader.Post($"iot-device/{world.Device}/messages/resend", new { from = "2020-01-01" })).Is(HttpStatusCode.Forbidden);
        (await reader.Post($"data-target/{world.DataTarget}/deliveries/resend", new { })).Is(HttpStatusCode.Forbidden);
        (await reader.Get($"data-target/{world.DataTarget}/deliveries")).Is(HttpStatusCode.OK);
        (await reader.Get($"data-target/{world.DataTarget}/deliveries?state=lost")).Is(HttpStatusCode.BadRequest);
        (await admin.Post($"iot-device/{world.Device}/messages/{Guid.CreateVersion7()}/resend", new { })).Is(HttpStatusCode.NotFound);
        (await admin.Post($"iot-device/{world.Device}/messages/{Guid.NewGuid()}/resend", new { })).Is(HttpStatusCode.NotFound);
        (await admin.Post($"iot-device/{world.Device}/messages/nonsense/resend", new { })).Is(HttpStatusCode.NotFound);
        (await admin.Post($"iot-device/0/messages/{message}/resend", new { })).Is(HttpStatusCode.NotFound);
        (await admin.Post("data-target/0/deliveries/resend", new { })).Is(HttpStatusCode.NotFound);
        var bad = (await admin.Post($"iot-device/{world.Device}/messages/resend", new { to = "never", connectionIds = "all", onlyFailed = "yes" })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(["connectionIds", "from", "onlyFailed", "to"], bad["message"].EnumerateArray().Select(f => f.GetProperty("property").GetString()).Order());
        Assert.Equal(0L, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM deliveries WHERE device_id = {world.Device}"));
    }

    [Fact]
    public async Task Resend_OfAMessageOfADeviceThatMoved_DoesNotReachTheOldTarget()
    {
        var world = await api.AWorld();
        var message = await AMessage(world, decoded: true);
        var other = await api.AnApplication(world.Organization);
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO deliveries (message_id, received_at, device_id, application_id, organization_id, connection_id, data_target_id, payload, state, attempts, next_attempt_at, created_at)
            SELECT id, received_at, device_id, {world.Application}, {world.Organization}, {world.Connection}, {world.DataTarget}, '', 1, 10, now(), now() FROM received_messages WHERE id = '{message}'
            """);
        (await (await api.SignedInAsGlobalAdmin()).Put($"iot-device/{world.Device}", new { id = 1, name = "moved", type = "GENERIC_HTTP", applicationId = other })).Is(HttpStatusCode.OK);

        var answer = (await (await api.SignedInAsApplicationAdminOf(world.Organization, other)).Post($"iot-device/{world.Device}/messages/{message}/resend", new { })).Is(HttpStatusCode.Created);

        Assert.Equal((0, 0), (answer["queued"].GetInt32(), answer["waiting"].GetInt32()));
    }

    [Fact]
    public async Task Messages_OfASpanOfTime_ShowWhoHeardThem()
    {
        var world = await api.AWorld();
        await api.Database.ExecuteAsync(
            $$"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, f_port, f_cnt, payload)
            VALUES (gen_random_uuid(), now() - interval '2 hours', {{world.Device}}, {{world.Organization}}, 'LORAWAN', 5, 4294967295,
                    convert_to('{"rxInfo":[{"gatewayId":"0016c001f1500812","rssi":-97,"gwTime":"2024-01-02T03:04:05Z"},{"gatewayId":"b","rssi":-57,"snr":7.5},7]}', 'UTF8')),
                   (gen_random_uuid(), now() - interval '1 hour', {{world.Device}}, {{world.Organization}}, 'SIGFOX', NULL, NULL, convert_to('{"duplicates":[{"bsId":"9A3","rssi":"-113.00","snr":9.1}]}', 'UTF8')),
                   (gen_random_uuid(), now(), {{world.Device}}, {{world.Organization}}, 'GENERIC_HTTP', NULL, NULL, convert_to('[', 'UTF8'));
            """);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        var all = (await reader.Get($"iot-device/{world.Device}/messages")).Is(HttpStatusCode.OK)["data"];

        Assert.Equal("[]", all[0].GetProperty("receptions").GetRawText());
        Assert.Equal("""[{"gatewayId":"9A3","rssi":-113,"snr":9.1,"receivedAt":null}]""", all[1].GetProperty("receptions").GetRawText());
        Assert.Equal(
            """[{"gatewayId":"0016c001f1500812","rssi":-97,"snr":0,"receivedAt":"2024-01-02T03:04:05.000Z"},{"gatewayId":"b","rssi":-57,"snr":7.5,"receivedAt":null}]""",
            all[2].GetProperty("receptions").GetRawText());
        Assert.Equal((5, 4294967295), (all[2].GetProperty("fPort").GetInt32(), all[2].GetProperty("fCnt").GetInt64()));
        var time = Uri.EscapeDataString(all[1].GetProperty("receivedAt").GetString()!);
        Assert.Equal(2, (await reader.Get($"iot-device/{world.Device}/messages?from={time}"))["data"].GetArrayLength());
        Assert.Equal(1, (await reader.Get($"iot-device/{world.Device}/messages?to={time}"))["data"].GetArrayLength());
        (await reader.Get($"iot-device/{world.Device}/messages?from=yesterday")).Is(HttpStatusCode.BadRequest);
    }

    private static int Count(FakeTarget target)
    {
        lock (target.Received)
        {
            return target.Received.Count;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            await Task.Delay(50, patience.Token);
        }
    }

    private static async Task<string?> StateAsync(ApiClient client, World world, Guid message) =>
        (await client.Get($"iot-device/{world.Device}/messages"))["data"].EnumerateArray().Where(m => m.GetProperty("id").GetGuid() == message)
            .SelectMany(m => m.GetProperty("deliveries").EnumerateArray()).Select(d => d.GetProperty("state").GetString()).FirstOrDefault();

    private async Task<Guid> AMessage(World world, bool decoded)
    {
        var id = Guid.CreateVersion7();
        await api.Database.ExecuteAsync(
            $$"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload)
            VALUES ('{{id}}', now(), {{world.Device}}, {{world.Organization}}, 'GENERIC_HTTP', convert_to('{}', 'UTF8'));
            INSERT INTO decoded_messages (message_id, received_at, device_id, payload_decoder_id, payload_decoder_version, decoded_at, payload, error)
            SELECT id, received_at, device_id, {{world.Decoder}}, 1, now(), {{(decoded ? "convert_to('[1]', 'UTF8'), NULL" : "NULL, 'boom'")}} FROM received_messages WHERE id = '{{id}}';
            """);
        return id;
    }

    /// <summary>The real Workers on the Api's database.</summary>
    private sealed class WorkersHost(ApiHost api, Uri target) : WebApplicationFactory<RetryDeliveries>
    {
        public Task ReceiveAsync(World world, Guid id, string json) => Services.GetRequiredService<IMessageLog>().AppendAsync(
            LogTopic.Uplinks,
            new UplinkReceived
            {
                MessageId = id,
                DeviceId = world.Device,
                ApplicationId = world.Application,
                OrganizationId = world.Organization,
                Network = DeviceType.GenericHttp,
                ReceivedAt = TimeProvider.System.GetUtcNow(),
                Payload = Encoding.UTF8.GetBytes(json),
            }.ToRecord(),
            Ct);

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("ConnectionStrings:os2iot", api.Database.ConnectionString);
            builder.UseSetting("Secrets:MasterKey", ApiHost.MasterKey);
            builder.UseSetting("Egress:AllowedHosts:0", target.Authority);
            builder.UseSetting("Delivery:PollInterval", "00:00:00.100");
            builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
        }
    }
}
