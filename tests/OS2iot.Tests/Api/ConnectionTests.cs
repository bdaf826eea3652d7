using System.Net;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class ConnectionTests(ApiHost api)
{
    private const string Path = "iot-device-payload-decoder-data-target-connection";

    [Fact]
    [Covers("POST /iot-device-payload-decoder-data-target-connection")]
    public async Task Create_WhenAllOfOneApplication_JoinsThem()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        var created = (await writer.Post(Path, new { iotDeviceIds = new[] { world.Device, 2_000_000_000 }, dataTargetId = world.DataTarget, payloadDecoderId = world.Decoder }))
            .Is(HttpStatusCode.Created);

        Assert.Equal(world.Device, created["iotDevices"].EnumerateArray().Single().GetProperty("id").GetInt32());
        Assert.Equal(world.DataTarget, created["dataTarget"].GetProperty("id").GetInt32());
        Assert.Equal(world.Organization, created["payloadDecoder"].GetProperty("organization").GetProperty("id").GetInt32());
        Assert.Equal(writer.UserId, created["createdBy"].GetInt32());
    }

    [Fact]
    [Covers("POST /iot-device-payload-decoder-data-target-connection")]
    public async Task Create_WhenPartsAreMissingOrForeign_IsRefused()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var admin = await api.SignedInAsGlobalAdmin();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        int[] devices = [world.Device];

        async Task Refused(object body, string text) => Assert.Equal(text, (await admin.Post(Path, body)).Is(HttpStatusCode.BadRequest)["message"].GetString());
        await Refused(new { iotDeviceIds = Array.Empty<int>(), dataTargetId = world.DataTarget }, "Must contain at least one IoTDevice");
        await Refused(new { dataTargetId = world.DataTarget }, "Must contain at least one IoTDevice");
        await Refused(new { iotDeviceIds = devices, dataTargetId = 2_000_000_000 }, "Could not find DataTarget by id: '2000000000'");
        await Refused(new { iotDeviceIds = devices, dataTargetId = world.DataTarget, payloadDecoderId = 2_000_000_000 }, "Could not find PayloadDecoder by id: '2000000000'");
        await Refused(new { iotDeviceIds = devices, dataTargetId = other.DataTarget }, "MESSAGE.NOT-SAME-APPLICATION");
        (await writer.Post(Path, new { iotDeviceIds = new[] { world.Device, other.Device }, dataTargetId = world.DataTarget })).Is(HttpStatusCode.Forbidden);
        (await writer.Post(Path, new { iotDeviceIds = "x", dataTargetId = world.DataTarget })).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Covers("PUT /iot-device-payload-decoder-data-target-connection/:id")]
    public async Task Update_WhenDecoderIsAbsentOrNull_KeepsOrRemovesIt()
    {
        var world = await api.AWorld();
        var second = await api.ADevice(world.Application);
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        var kept = (await writer.Put($"{Path}/{world.Connection}", new { iotDeviceIds = new[] { second }, dataTargetId = world.DataTarget })).Is(HttpStatusCode.OK);
        Assert.Equal(world.Decoder, kept["payloadDecoder"].GetProperty("id").GetInt32());
        Assert.Equal(second, kept["iotDevices"].EnumerateArray().Single().GetProperty("id").GetInt32());

        var removed = await writer.Put(
            $"{Path}/{world.Connection}", new { iotDeviceIds = new[] { second }, dataTargetId = world.DataTarget, payloadDecoderId = (int?)null });
        Assert.Equal("null", removed.Is(HttpStatusCode.OK)["payloadDecoder"].GetRawText());
        (await writer.Put($"{Path}/0", new { iotDeviceIds = new[] { second }, dataTargetId = world.DataTarget })).IsRefused(
            HttpStatusCode.NotFound,
            """{"statusCode":404,"message":"Could not find IoTDevicePayloadDecoderDataTargetConnection by id: 0","error":"Not Found"}""");
    }

    [Fact]
    [Covers("GET /iot-device-payload-decoder-data-target-connection")]
    [Covers("GET /iot-device-payload-decoder-data-target-connection/:id")]
    [Covers("GET /iot-device-payload-decoder-data-target-connection/byIoTDevice/:id")]
    [Covers("GET /iot-device-payload-decoder-data-target-connection/byPayloadDecoder/:id")]
    [Covers("GET /iot-device-payload-decoder-data-target-connection/byDataTarget/:id")]
    [Covers("DELETE /iot-device-payload-decoder-data-target-connection/:id")]
    public async Task Lists_WhenReader_ShowOwnConnectionsFromEachSide()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var second = await api.ADevice(world.Application);
        var admin = await api.SignedInAsGlobalAdmin();
        (await admin.Put($"{Path}/{world.Connection}", new { iotDeviceIds = new[] { world.Device, second }, dataTargetId = world.DataTarget })).Is(HttpStatusCode.OK);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        Assert.Equal(1, (await reader.Get(Path)).Is(HttpStatusCode.OK)["count"].GetInt32());
        Assert.Equal(1, (await reader.Get($"{Path}/byPayloadDecoder/{world.Decoder}"))["count"].GetInt32());
        Assert.Equal(2, (await reader.Get($"{Path}/byDataTarget/{world.DataTarget}"))["data"][0].GetProperty("iotDevices").GetArrayLength());
        var one = (await reader.Get($"{Path}/byIoTDevice/{second}"))["data"][0];
        Assert.Equal(second, one.GetProperty("iotDevices").EnumerateArray().Single().GetProperty("id").GetInt32());
        Assert.Equal(world.Application, one.GetProperty("iotDevices")[0].GetProperty("application").GetProperty("id").GetInt32());
        Assert.Equal(0, (await reader.Get($"{Path}/byDataTarget/{other.DataTarget}"))["count"].GetInt32());
        (await reader.Get($"{Path}/{other.Connection}")).Is(HttpStatusCode.NotFound);
        (await reader.Delete($"{Path}/{world.Connection}")).Is(HttpStatusCode.Forbidden);
        Assert.Equal(1, (await admin.Delete($"{Path}/{world.Connection}")).Is(HttpStatusCode.OK)["affected"].GetInt32());
    }

    [Fact]
    [Covers("GET /iot-device-payload-decoder-data-target-connection/:id")]
    [Covers("PUT /iot-device-payload-decoder-data-target-connection/:id")]
    [Covers("DELETE /iot-device-payload-decoder-data-target-connection/:id")]
    public async Task Endpoints_WhenMissingOrForeign_AreRefused()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        object Body(World of) => new { iotDeviceIds = new[] { of.Device }, dataTargetId = of.DataTarget };
        const string WrongRole = """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""";
        const string Foreign = """{"statusCode":403,"message":"Forbidden"}""";
        const string Missing = """{"statusCode":404,"message":"Could not find IoTDevicePayloadDecoderDataTargetConnection by id: 0","error":"Not Found"}""";

        (await reader.Post(Path, Body(world))).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await reader.Put($"{Path}/{world.Connection}", Body(world))).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await reader.Delete($"{Path}/{world.Connection}")).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await writer.Put($"{Path}/{other.Connection}", Body(world))).IsRefused(HttpStatusCode.Forbidden, Foreign);
        (await writer.Put($"{Path}/{world.Connection}", Body(other))).IsRefused(HttpStatusCode.Forbidden, Foreign);
        (await writer.Delete($"{Path}/{other.Connection}")).IsRefused(HttpStatusCode.Forbidden, Foreign);
        (await writer.Get($"{Path}/0")).IsRefused(HttpStatusCode.NotFound, Missing);
        (await writer.Delete($"{Path}/0")).IsRefused(HttpStatusCode.NotFound, Missing);
        (await writer.Put($"{Path}/{world.Connection}", new { iotDeviceIds = new[] { 2_000_000_000 }, dataTargetId = world.DataTarget })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"Must contain at least one IoTDevice","error":"Bad Request"}""");
        (await (await api.SignedInAsNobody()).Get(Path)).IsRefused(HttpStatusCode.Forbidden, WrongRole);
    }
}
