using System.Net;
using System.Text.Json;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Downlinks;
using OS2iot.Core.Sigfox;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class DownlinkTests(ApiHost api)
{
    private const string Forbidden = """{"statusCode":403,"message":"Forbidden"}""";

    [Fact]
    [Covers("POST /iot-device/:id/downlink")]
    [Covers("GET /iot-device/:id/downlink")]
    public async Task Downlink_WhenLoRaWan_WaitsInPlaceOfTheOneBefore()
    {
        var (world, device) = await ALoRaWanDevice();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        var first = (await writer.Post($"iot-device/{device.Id}/downlink", new { data = "00FF", port = 2 })).Is(HttpStatusCode.Created);
        Assert.Equal(["id"], first.Json.EnumerateObject().Select(m => m.Name));
        var second = (await writer.Post($"iot-device/{device.Id}/downlink", new { data = "0a0B0c", port = 10, confirmed = true })).Id();

        var queue = (await (await api.SignedInAsReaderOf(world.Organization, world.Application)).Get($"iot-device/{device.Id}/downlink")).Is(HttpStatusCode.OK);
        Assert.Equal(
            $$"""{"totalCount":1,"deviceQueueItems":[{"confirmed":true,"devEUI":"{{device.DevEui}}","fCnt":0,"fPort":10,"data":"CgsM"}]}""", queue.Text);
        var history = (await writer.Get($"iot-device/{device.Id}/downlinks?limit=10")).Is(HttpStatusCode.OK);
        Assert.Equal(2, history["count"].GetInt32());
        Assert.Equal([second, first.Id()], history["data"].EnumerateArray().Select(d => d.GetProperty("id").GetInt32()));
        Assert.Equal(["pending", "flushed"], history["data"].EnumerateArray().Select(d => d.GetProperty("state").GetString()));
        Assert.Equal("0a0b0c", history["data"][0].GetProperty("data").GetString());
        Assert.Equal(first.Id(), (await writer.Get($"iot-device/{device.Id}/downlinks?limit=1&sort=ASC"))["data"][0].GetProperty("id").GetInt32());
    }

    [Fact]
    [Covers("POST /iot-device/:id/downlink")]
    [Covers("GET /iot-device/:id/downlink")]
    public async Task Downlink_WhenSigfox_WaitsUntilTheDeviceTakesIt()
    {
        var (world, device) = await ASigfoxDevice();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        Assert.Equal("""{"totalCount":0,"deviceQueueItems":[]}""", (await writer.Get($"iot-device/{device}/downlink")).Is(HttpStatusCode.OK).Text);

        Assert.Equal("", (await writer.Post($"iot-device/{device}/downlink", new { data = "00112233445566AA" })).Is(HttpStatusCode.Created).Text);
        Assert.Equal("", (await writer.Post($"iot-device/{device}/downlink", new { data = "00112233445566bb", port = 0 })).Is(HttpStatusCode.Created).Text);

        Assert.Equal(
            """{"totalCount":1,"deviceQueueItems":[{"data":"00112233445566bb"}]}""", (await writer.Get($"iot-device/{device}/downlink")).Is(HttpStatusCode.OK).Text);
        await api.Database.ExecuteAsync($"UPDATE downlinks SET state = {(int)DownlinkState.Sent} WHERE device_id = {device} AND state = 0");
        Assert.Equal("sent", (await writer.Get($"iot-device/{device}/downlinks"))["data"][0].GetProperty("state").GetString());
        Assert.Equal("""{"totalCount":0,"deviceQueueItems":[]}""", (await writer.Get($"iot-device/{device}/downlink")).Is(HttpStatusCode.OK).Text);
    }

    [Fact]
    [Covers("POST /iot-device/:id/downlink")]
    public async Task Downlink_WhenManyComeAtOnce_OneWaits()
    {
        var (world, device) = await ALoRaWanDevice();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        await Task.WhenAll(Enumerable.Range(1, 8).Select(port => writer.Post($"iot-device/{device.Id}/downlink", new { data = "00", port })));

        Assert.Equal(1, (await writer.Get($"iot-device/{device.Id}/downlink"))["totalCount"].GetInt32());
        Assert.Equal(8, (await writer.Get($"iot-device/{device.Id}/downlinks"))["count"].GetInt32());
    }

    [Fact]
    [Covers("POST /iot-device/:id/downlink")]
    [Covers("GET /iot-device/:id/downlink")]
    public async Task Downlink_WhenNotPossible_IsRefused()
    {
        var (world, lorawan) = await ALoRaWanDevice();
        var sigfox = (await ASigfoxDevice()).Device;
        var admin = await api.SignedInAsGlobalAdmin();

        foreach (var data in new[] { "xyz", "", "0", "00 11", "00\n" })
        {
            var answer = (await admin.Post($"iot-device/{lorawan.Id}/downlink", new { data, port = 1 })).Is(HttpStatusCode.BadRequest);
            Assert.Equal("Must be hexadecimal", answer["message"][0].GetProperty("constraints").GetProperty("matches").GetString());
        }

        Assert.Equal(["maxLength"], (await admin.Post($"iot-device/{lorawan.Id}/downlink", new { data = new string('0', 486), port = 1 })).Rules("data"));
        Assert.Equal(["min"], (await admin.Post($"iot-device/{lorawan.Id}/downlink", new { data = "00" })).Rules("port"));
        Assert.Equal(["min"], (await admin.Post($"iot-device/{lorawan.Id}/downlink", new { data = "00", port = 0 })).Rules("port"));
        Assert.Equal(["isBoolean"], (await admin.Post($"iot-device/{lorawan.Id}/downlink", new { data = "00", port = 1, confirmed = "yes" })).Rules("confirmed"));
        (await admin.Post($"iot-device/{sigfox}/downlink", new { data = "00" })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.DOWNLINK-LENGTH-WRONG-FOR-SIGFOX","error":"Bad Request"}""");
        (await admin.Post($"iot-device/{world.Device}/downlink", new { data = "00" })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.DOWNLINK-NOT-SUPPORTED-FOR-DEVICE-TYPE","error":"Bad Request"}""");
        (await admin.Get($"iot-device/{world.Device}/downlink")).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ONLY-ALLOWED-FOR-LORAWAN-AND-SIGFOX","error":"Bad Request"}""");
        (await admin.Post("iot-device/0/downlink", new { data = "00" })).IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"Not Found"}""");
        (await admin.Get("iot-device/0/downlink")).Is(HttpStatusCode.NotFound);
        (await admin.Get("iot-device/0/downlinks")).Is(HttpStatusCode.NotFound);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        (await reader.Post($"iot-device/{lorawan.Id}/downlink", new { data = "00", port = 1 })).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        var stranger = await api.SignedInAsReaderOf(await api.AnOrganization());
        (await stranger.Get($"iot-device/{lorawan.Id}/downlink")).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        (await stranger.Get($"iot-device/{lorawan.Id}/downlinks")).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        (await api.Anonymous().Get($"iot-device/{lorawan.Id}/downlink")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Downlink_WhenADecoderEncodesIt_WaitsAsItsBytes()
    {
        var (world, device) = await ALoRaWanDevice();
        var writer = await api.SignedInAsGlobalAdmin();
        var decoder = (await writer.Post("payload-decoder", new
        {
            name = ApiHost.Name("decoder"),
            organizationId = world.Organization,
            decodingFunction = JsonSerializer.Serialize(
                "function encodeDownlink(input) { if (input.data.open === undefined) { throw new Error('open is missing'); }"
                + " return { bytes: [1, input.data.open ? 255 : 0], fPort: 12 }; }"),
        })).Id();
        var address = $"iot-device/{device.Id}/downlink";

        (await writer.Post(address, new { payload = new { open = true }, payloadDecoderId = decoder, confirmed = true })).Is(HttpStatusCode.Created);
        var latest = (await writer.Get($"iot-device/{device.Id}/downlinks"))["data"][0];
        Assert.Equal(("01ff", 12, true), (latest.GetProperty("data").GetString(), latest.GetProperty("port").GetInt32(), latest.GetProperty("confirmed").GetBoolean()));
        (await writer.Post(address, new { payload = new { open = false }, payloadDecoderId = decoder, port = 3 })).Is(HttpStatusCode.Created);
        (await writer.Post(address, new { dataBase64 = "CgsM", port = 4 })).Is(HttpStatusCode.Created);
        Assert.Equal(
            ["0a0b0c 4", "0100 3", "01ff 12"],
            (await writer.Get($"iot-device/{device.Id}/downlinks"))["data"].EnumerateArray().Select(d => $"{d.GetProperty("data").GetString()} {d.GetProperty("port").GetInt32()}"));

        var failed = (await writer.Post(address, new { payload = new { }, payloadDecoderId = decoder })).Is(HttpStatusCode.BadRequest);
        Assert.Contains("open is missing", failed.Text, StringComparison.Ordinal);
        (await writer.Post(address, new { payload = new { open = true } })).Is(HttpStatusCode.BadRequest);
        (await writer.Post(address, new { payload = new { open = true }, payloadDecoderId = 0x7fffffff })).Is(HttpStatusCode.BadRequest);
        (await writer.Post(address, new { payload = new { open = true }, data = "00", port = 1 })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(["isBase64"], (await writer.Post(address, new { dataBase64 = "%", port = 1 })).Rules("dataBase64"));
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        (await reader.Post(address, new { payload = new { open = true }, payloadDecoderId = decoder })).IsRefused(HttpStatusCode.Forbidden, Forbidden);
    }

    [Fact]
    public async Task Flush_TakesBackWhatWaitsAndOnlyFromWriters()
    {
        var (world, device) = await ALoRaWanDevice();
        var sigfox = (await ASigfoxDevice(world)).Device;
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        (await writer.Post($"iot-device/{device.Id}/downlink", new { data = "00", port = 1 })).Is(HttpStatusCode.Created);
        (await writer.Post($"iot-device/{sigfox}/downlink", new { data = "0011223344556677" })).Is(HttpStatusCode.Created);

        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        (await reader.Delete($"iot-device/{device.Id}/downlink")).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        foreach (var id in new[] { device.Id, sigfox })
        {
            Assert.Equal("""{"affected":1}""", (await writer.Delete($"iot-device/{id}/downlink")).Is(HttpStatusCode.OK).Text);
            Assert.Equal(0, (await writer.Get($"iot-device/{id}/downlink"))["totalCount"].GetInt32());
            Assert.Equal("flushed", (await writer.Get($"iot-device/{id}/downlinks"))["data"][0].GetProperty("state").GetString());
        }
    }

    [Fact]
    [Covers("GET /iot-device/stats/:id")]
    public async Task Statistics_WhenHeard_HasALinePerDay()
    {
        var (world, lorawan) = await ALoRaWanDevice();
        var (_, sigfox) = await ASigfoxDevice(world);
        foreach (var (device, network) in new[] { (lorawan.Id, "LORAWAN"), (sigfox, "SIGFOX") })
        {
            await api.Database.ExecuteAsync(
                $"""
                INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload, rssi, snr)
                SELECT gen_random_uuid(), date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - days * interval '1 day' + interval '1 minute',
                    {device}, {world.Organization}, '{network}', 'x', rssi, snr
                FROM (VALUES (0, -70, 5), (0, -80.5, 6), (0, NULL, NULL), (3, -90, NULL), (29, -50, 1), (30, -60, 1), (31, -60, 1), (5, NULL, NULL)) v (days, rssi, snr)
                """);
        }

        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        var stats = (await reader.Get($"iot-device/stats/{lorawan.Id}")).Is(HttpStatusCode.OK).Json;
        Assert.Equal([-50, -90, -75.25], stats.EnumerateArray().Select(d => d.GetProperty("rssi").GetDouble()));
        Assert.Equal($"{DateTime.UtcNow:yyyy-MM-dd}T00:00:00.000Z", stats[2].GetProperty("timestamp").GetString());
        Assert.Equal(5.5, stats[2].GetProperty("snr").GetDouble());
        Assert.Equal("{}", stats[2].GetProperty("rxPacketsPerDr").GetRawText());
        var daily = (await reader.Get($"iot-device/stats/{sigfox}")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(4, daily.GetArrayLength());
        Assert.Equal(["timestamp", "rssi", "snr"], daily[0].EnumerateObject().Select(m => m.Name));
        Assert.Equal("", (await reader.Get($"iot-device/stats/{world.Device}")).Is(HttpStatusCode.OK).Text);
        (await reader.Get("iot-device/stats/0")).Is(HttpStatusCode.NotFound);
        (await (await api.SignedInAsReaderOf(await api.AnOrganization())).Get($"iot-device/stats/{sigfox}")).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        (await api.Anonymous().Get($"iot-device/stats/{sigfox}")).Is(HttpStatusCode.Unauthorized);
    }

    private async Task<(World World, LoRaWanDevice Device)> ALoRaWanDevice()
    {
        var world = await api.AWorld();
        await using var db = api.Database.CreateContext();
        var device = new LoRaWanDevice
        {
            Name = ApiHost.Name("device"),
            ApplicationId = world.Application,
            DevEui = Guid.NewGuid().ToString("N")[..16],
            DeviceProfile = new DeviceProfile { Id = Guid.NewGuid(), Name = ApiHost.Name("profile"), OrganizationId = world.Organization },
        };
        db.Devices.Add(device);
        await db.SaveChangesAsync();
        return (world, device);
    }

    private async Task<(World World, int Device)> ASigfoxDevice(World? world = null)
    {
        world ??= await api.AWorld();
        await using var db = api.Database.CreateContext();
        var device = new SigfoxDevice
        {
            Name = ApiHost.Name("device"),
            ApplicationId = world.Application,
            SigfoxId = Guid.NewGuid().ToString("N")[..8].ToUpperInvariant(),
            SigfoxGroup = new SigfoxGroup { Username = ApiHost.Name("user"), PasswordCiphertext = "", OrganizationId = world.Organization },
        };
        db.Devices.Add(device);
        await db.SaveChangesAsync();
        return (world, device.Id);
    }
}
