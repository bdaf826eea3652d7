using System.Net;
using System.Text.Json;

namespace OS2iot.Tests.Api;

/// <summary>Lists of devices: of an application in every order, of a decoder, as a file.</summary>
[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class DeviceListTests(ApiHost api)
{
    private const string Header =
        "name,id,type,latitude,longitude,commentOnLocation,comment,deviceModelId,apiKey,mqttURL,mqttPort,mqtttopicname,authenticationType,mqttusername,"
        + "mqttpassword,caCertificate,deviceCertificate,deviceCertificateKey,devEUI,deviceProfileID,skipFCntCheck,activationType,OTAAapplicationKey\n";

    [Fact]
    [Covers("GET /iot-device/getDevicesMetadataCsv/:applicationId")]
    public async Task Export_WhenDevicesAreThere_IsQuotedAndSafeAndWithoutSecrets()
    {
        var world = await api.AWorld();
        var application = await api.AnApplication(world.Organization);
        var admin = await api.SignedInAsGlobalAdmin();
        var formula = (await admin.Post("iot-device", new
        {
            name = "=HYPERLINK(\"x\")",
            type = "GENERIC_HTTP",
            applicationId = application,
            longitude = -12.3,
            latitude = 56.25,
            comment = "a,b\n\"c\"",
            commentOnLocation = "-1+1",
            deviceModelId = world.DeviceModel,
        })).Id();
        var nowhere = (await admin.Post("iot-device", new { name = "Målestation", type = "GENERIC_HTTP", applicationId = application, comment = "-7" })).Id();

        var file = (await (await api.SignedInAsReaderOf(world.Organization, application)).Get($"iot-device/getDevicesMetadataCsv/{application}")).Is(HttpStatusCode.OK);

        Assert.Equal(
            Header
            + $"\"'=HYPERLINK(\"\"x\"\")\",{formula},GENERIC_HTTP,56.25,-12.3,'-1+1,\"a,b\n\"\"c\"\"\",{world.DeviceModel}{new string(',', 15)}\n"
            + $"Målestation,{nowhere},GENERIC_HTTP,,,,-7{new string(',', 16)}\n",
            file.Text);
        Assert.Equal("application/octet-stream", file.ContentHeaders.ContentType!.MediaType);
        Assert.Equal("iotDeviceMetadata.csv", file.ContentHeaders.ContentDisposition!.FileName!.Trim('"'));
    }

    [Fact]
    [Covers("GET /iot-device/getDevicesMetadataCsv/:applicationId")]
    public async Task Export_WhenEmptyOrNotAllowed_SaysSo()
    {
        var application = await api.AnApplication(await api.AnOrganization());
        var admin = await api.SignedInAsGlobalAdmin();

        Assert.Equal(Header, (await admin.Get($"iot-device/getDevicesMetadataCsv/{application}")).Is(HttpStatusCode.OK).Text);
        (await admin.Get("iot-device/getDevicesMetadataCsv/0")).Is(HttpStatusCode.NotFound);
        (await (await api.SignedInAsReaderOf(await api.AnOrganization())).Get($"iot-device/getDevicesMetadataCsv/{application}"))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await api.Anonymous().Get($"iot-device/getDevicesMetadataCsv/{application}")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("GET /iot-device/getDevicesMetadataCsv/:applicationId")]
    public async Task Export_WhenMoreThanAPage_HasEveryDeviceOnce()
    {
        var application = await api.AnApplication(await api.AnOrganization());
        var admin = await api.SignedInAsGlobalAdmin();
        (await admin.Post("iot-device/createMany", new { data = Enumerable.Range(0, 1000).Select(n => new { name = $"n{n}", type = "GENERIC_HTTP", applicationId = application }) }))
            .Is(HttpStatusCode.Created);

        var lines = (await admin.Get($"iot-device/getDevicesMetadataCsv/{application}")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(1001, lines.Length);
        Assert.Equal(1001, lines.Distinct().Count());
    }

    [Fact]
    [Covers("GET /iot-device/minimalByPayloadDecoder/:payloadDecoderId")]
    public async Task ByDecoder_WhenConnected_ShowsOnlyWhatTheCallerReads()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        await api.AConnection(other.Device, other.DataTarget, world.Decoder);
        await api.Database.ExecuteAsync(
            $"INSERT INTO device_states (device_id, last_seen_at, last_message_id) VALUES ({world.Device}, '2026-01-02T03:04:05Z', gen_random_uuid())");
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        var list = (await reader.Get($"iot-device/minimalByPayloadDecoder/{world.Decoder}")).Is(HttpStatusCode.OK);

        Assert.Equal(1, list["count"].GetInt32());
        var item = Assert.Single(list["data"].EnumerateArray());
        Assert.Equal(["id", "name", "lastActiveTime", "organizationId", "applicationId", "canRead"], item.EnumerateObject().Select(m => m.Name));
        Assert.Equal((world.Device, "2026-01-02T03:04:05.000Z", world.Organization, world.Application, true), (
            item.GetProperty("id").GetInt32(), item.GetProperty("lastActiveTime").GetString(), item.GetProperty("organizationId").GetInt32(),
            item.GetProperty("applicationId").GetInt32(), item.GetProperty("canRead").GetBoolean()));
        var both = (await (await api.SignedInAsGlobalAdmin()).Get($"iot-device/minimalByPayloadDecoder/{world.Decoder}?limit=1&offset=1")).Is(HttpStatusCode.OK);
        Assert.Equal((2, other.Device), (both["count"].GetInt32(), both["data"][0].GetProperty("id").GetInt32()));
        Assert.Equal(JsonValueKind.Null, both["data"][0].GetProperty("lastActiveTime").ValueKind);
        Assert.Equal(0, (await reader.Get("iot-device/minimalByPayloadDecoder/0")).Is(HttpStatusCode.OK)["count"].GetInt32());
        (await (await api.SignedInAsNobody()).Get("iot-device/minimalByPayloadDecoder/0")).Is(HttpStatusCode.Forbidden);
        (await api.Anonymous().Get("iot-device/minimalByPayloadDecoder/0")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("GET /application/:id/iot-devices")]
    public async Task OfApplication_WhenSorted_PutsThoseWithoutAValueFirstAscendingAndLastDescending()
    {
        var world = await api.AWorld();
        var application = await api.AnApplication(world.Organization);
        var admin = await api.SignedInAsGlobalAdmin();
        var (bModel, aModel) = (await api.ADeviceModel(world.Organization, "b"), await api.ADeviceModel(world.Organization, "a"));
        async Task<int> Add(string name, int? deviceModelId) =>
            (await admin.Post("iot-device", new { name, type = "GENERIC_HTTP", applicationId = application, deviceModelId })).Id();
        int[] d = [await Add("c", bModel), await Add("a", null), await Add("b", aModel), await Add("b", bModel), await Add("d", null)];
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO device_states (device_id, last_seen_at, last_message_id, rssi, snr) VALUES
            ({d[0]}, now(), gen_random_uuid(), -70, NULL), ({d[2]}, now() - interval '1 h', gen_random_uuid(), -90, 1.5), ({d[4]}, now() - interval '2 h', gen_random_uuid(), NULL, 2.5)
            """);
        var target = await api.ADataTarget(application);
        await api.AConnection(d[1], target);
        var both = await api.AConnection(d[1], target);
        await api.AConnection(d[3], target);

        async Task<IEnumerable<int>> Ids(string query) => [.. (await admin.Get($"application/{application}/iot-devices?{query}")).Is(HttpStatusCode.OK)["data"]
            .EnumerateArray().Select(i => Array.IndexOf(d, i.GetProperty("id").GetInt32()))];

        Assert.Equal([0, 1, 2, 3, 4], await Ids(""));
        Assert.Equal([4, 3, 2, 1, 0], await Ids("orderOn=nonsense&sort=DESC"));
        Assert.Equal([4, 3, 2, 1, 0], await Ids("orderOn=id&sort=desc"));
        Assert.Equal([1, 2, 3, 0, 4], await Ids("orderOn=name&sort=ASC"));
        Assert.Equal([4, 0, 3, 2, 1], await Ids("orderOn=name&sort=DESC"));
        Assert.Equal([1, 3, 4, 2, 0], await Ids("orderOn=active&sort=ASC"));
        Assert.Equal([0, 2, 4, 3, 1], await Ids("orderOn=active&sort=DESC"));
        Assert.Equal([1, 3, 4, 2, 0], await Ids("orderOn=rssi"));
        Assert.Equal([0, 2, 4, 3, 1], await Ids("orderOn=rssi&sort=DESC"));
        Assert.Equal([4, 2, 3, 1, 0], await Ids("orderOn=snr&sort=DESC"));
        Assert.Equal([0, 2, 4, 3, 1], await Ids("orderOn=dataTargets&sort=ASC"));
        Assert.Equal([1, 3], (await Ids("orderOn=dataTargets&sort=DESC")).Take(2));
        Assert.Equal([1, 4, 2, 0, 3], await Ids("orderOn=deviceModel&sort=ASC"));
        Assert.Equal([3, 0, 2, 4, 1], await Ids("orderOn=deviceModel&sort=DESC"));

        // Every page of every order, put together, has each device once.
        foreach (var order in new[] { "id", "name", "active", "rssi", "snr", "deviceModel", "dataTargets" })
        {
            foreach (var sort in new[] { "ASC", "DESC" })
            {
                foreach (var limit in new[] { 1, 2, 3 })
                {
                    var pages = new List<int>();
                    for (var offset = 0; offset < d.Length; offset += limit)
                    {
                        pages.AddRange(await Ids($"orderOn={order}&sort={sort}&limit={limit}&offset={offset}"));
                    }

                    Assert.Equal(await Ids($"orderOn={order}&sort={sort}"), pages);
                }
            }
        }

        // The database keeps count.
        (await admin.Delete($"iot-device-payload-decoder-data-target-connection/{both}")).Is(HttpStatusCode.OK);
        Assert.Equal([1, 3], (await Ids("orderOn=dataTargets")).Where(i => i is 1 or 3));
        (await admin.Delete($"data-target/{target}")).Is(HttpStatusCode.OK);
        Assert.Equal([0, 1, 2, 3, 4], await Ids("orderOn=dataTargets"));

        // A device that moves takes its state along.
        (await admin.Put($"iot-device/{d[0]}", new { id = 1, name = "c", type = "GENERIC_HTTP", applicationId = world.Application })).Is(HttpStatusCode.OK);
        Assert.Equal([1, 3, 4, 2], await Ids("orderOn=active&sort=ASC"));
    }

    [Fact]
    [Covers("GET /application/:id/iot-devices")]
    public async Task OfApplication_WhenNotAllowedOrUnknown_SaysSo()
    {
        var world = await api.AWorld();
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        Assert.Equal("""{"data":[],"count":0}""", (await (await api.SignedInAsGlobalAdmin()).Get("application/0/iot-devices?orderOn=deviceModel")).Is(HttpStatusCode.OK).Text);
        (await reader.Get("application/0/iot-devices")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await reader.Get($"application/{world.Application}/iot-devices?limit=x")).Is(HttpStatusCode.BadRequest);
        (await api.Anonymous().Get($"application/{world.Application}/iot-devices")).Is(HttpStatusCode.Unauthorized);
    }
}
