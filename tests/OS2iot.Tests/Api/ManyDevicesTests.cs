using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OS2iot.Core.ChirpStack;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class ManyDevicesTests(ApiHost api)
{
    private const string Forbidden = """{"statusCode":403,"message":"Forbidden"}""";

    [Fact]
    [Covers("POST /iot-device/createMany")]
    public async Task Create_WhenSomeRowsAreRefused_StoresTheOthers()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var admin = await api.SignedInAsGlobalAdmin();
        object[] data =
        [
            Row("first", world.Application),
            Row("no application", 2_000_000_000),
            new { name = "foreign model", type = "GENERIC_HTTP", applicationId = world.Application, deviceModelId = other.DeviceModel },
            new { name = "with model", type = "GENERIC_HTTP", applicationId = world.Application, deviceModelId = world.DeviceModel, longitude = 9.5, latitude = -1.25 },
        ];

        var before = await CountAsync(admin, world.Application);
        var answer = (await admin.Post("iot-device/createMany", new { data })).Is(HttpStatusCode.Created);

        Assert.Equal(4, answer.Json.GetArrayLength());
        Assert.Equal(["data", "idMetadata"], answer.Json[0].EnumerateObject().Select(m => m.Name));
        Assert.Equal("first", answer.Json[0].GetProperty("data").GetProperty("name").GetString());
        Assert.True(Guid.TryParse(answer.Json[0].GetProperty("data").GetProperty("apiKey").GetString(), out _));
        Assert.Equal(world.Application, answer.Json[0].GetProperty("data").GetProperty("application").GetProperty("id").GetInt32());
        Assert.Equal("null", answer.Json[0].GetProperty("data").GetProperty("deviceModel").GetRawText());
        Assert.Equal(
            """{"idMetadata":{"name":"no application","applicationId":2000000000},"error":{"message":"MESSAGE.APPLICATION-DOES-NOT-EXIST"}}""",
            answer.Json[1].GetRawText());
        Assert.Equal("MESSAGE.DEVICE-MODEL-ORGANIZATION-DOES-NOT-MATCH", Error(answer.Json[2]));
        Assert.Equal(world.Organization, answer.Json[3].GetProperty("data").GetProperty("deviceModel").GetProperty("belongsTo").GetProperty("id").GetInt32());
        Assert.Equal(before + 2, await CountAsync(admin, world.Application));
    }

    [Fact]
    [Covers("POST /iot-device/createMany")]
    public async Task Create_WhenTheSameRowsComeAgain_AnswersTheSameDevices()
    {
        var application = await api.AnApplication(await api.AnOrganization());
        var admin = await api.SignedInAsGlobalAdmin();
        var colleague = await api.SignedInAsGlobalAdmin();
        var data = new[] { Row("same", application), Row("same", application), Row("other", application) };

        var first = Ids(await admin.Post("iot-device/createMany", new { data }));
        var again = Ids(await colleague.Post("iot-device/createMany", new { data }));
        Assert.Equal(first, again);
        Assert.Equal(3, first.Distinct().Count());

        // What was removed meanwhile is missing, and is made again.
        (await admin.Delete($"iot-device/{first[1]}")).Is(HttpStatusCode.OK);
        var repaired = Ids(await admin.Post("iot-device/createMany", new { data }));
        Assert.Equal([first[0], first[2]], new[] { repaired[0], repaired[2] });
        Assert.NotEqual(first[1], repaired[1]);

        // Another file may well hold an equal row, and whoever says that this is another import gets other devices.
        Assert.Empty(Ids(await admin.Post("iot-device/createMany", new { data = data[..1] })).Intersect(repaired));
        var named = Ids(await PostAs(admin, "import 2", data));
        Assert.Empty(named.Intersect(repaired));
        Assert.Equal(named, Ids(await PostAs(admin, "import 2", data)));
        Assert.Equal(named[..2], Ids(await PostAs(admin, "import 2", data[..2])));
        Assert.Empty(Ids(await PostAs(colleague, "import 2", data)).Intersect(named));
        (await PostAs(admin, new string('x', 256), data)).Is(HttpStatusCode.BadRequest);

        // One by one, the same name makes another device each time.
        Assert.NotEqual((await admin.Post("iot-device", data[0])).Id(), (await admin.Post("iot-device", data[0])).Id());
    }

    [Fact]
    [Covers("POST /iot-device/createMany")]
    public async Task Create_WhenTheSameRowsComeAtTheSameTime_AreMadeOnce()
    {
        var application = await api.AnApplication(await api.AnOrganization());
        var admin = await api.SignedInAsGlobalAdmin();
        var data = Enumerable.Range(1, 60).Select(n => Row($"row {n}", application)).ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => admin.Post("iot-device/createMany", new { data })));

        Assert.All(answers, a => Assert.Equal(Ids(answers[0]), Ids(a)));
        Assert.Equal(60, await CountAsync(admin, application));
    }

    [Fact]
    [Covers("POST /iot-device/createMany")]
    [Covers("POST /iot-device/updateMany")]
    public async Task Many_WhenAThousandRows_AreSavedWithFewCommands()
    {
        var application = await api.AnApplication(await api.AnOrganization());
        var admin = await api.SignedInAsGlobalAdmin();
        var data = Enumerable.Range(1, 1000).Select(n => new
        {
            name = $"Måler {n}",
            type = "GENERIC_HTTP",
            applicationId = application,
            longitude = 10.1,
            latitude = 56.1,
            comment = new string('x', 300),
            metadata = """{"floor":"2"}""",
        }).ToArray();

        using var commands = new SqlCommands(api);
        var clock = Stopwatch.StartNew();
        var created = Ids(await admin.Post("iot-device/createMany", new { data }));
        TestContext.Current.TestOutputHelper?.WriteLine($"createMany, 1,000 rows: {clock.Elapsed.TotalSeconds:0.00} s, {commands.Count} commands");
        Assert.InRange(commands.Count, 1, 80);
        Assert.Equal(1000, created.Distinct().Count());

        clock.Restart();
        Assert.Equal(created, Ids(await admin.Post("iot-device/createMany", new { data })));
        TestContext.Current.TestOutputHelper?.WriteLine($"createMany, the same 1,000 rows: {clock.Elapsed.TotalSeconds:0.00} s");

        commands.Restart();
        clock.Restart();
        var changed = await admin.Post(
            "iot-device/updateMany",
            new { data = created.Select((id, n) => new { id, name = $"Ny {n}", type = "GENERIC_HTTP", applicationId = application }) });
        TestContext.Current.TestOutputHelper?.WriteLine($"updateMany, 1,000 rows: {clock.Elapsed.TotalSeconds:0.00} s, {commands.Count} commands");
        Assert.Equal(created, Ids(changed));
        Assert.InRange(commands.Count, 1, 100);
        var last = changed.Json[999].GetProperty("data");
        Assert.Equal("Ny 999", last.GetProperty("name").GetString());
        Assert.Equal(300, last.GetProperty("comment").GetString()!.Length);
    }

    [Fact]
    [Covers("POST /iot-device/createMany")]
    [Covers("POST /iot-device/updateMany")]
    public async Task Many_WhenLoRaWan_AreCheckedTogether()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var profile = await AProfile(world.Organization);
        var foreign = await AProfile(await api.AnOrganization());
        var start = Guid.NewGuid().ToString("N")[..12];
        object Row(int n, Guid profileId) => new
        {
            name = $"l{n}",
            type = "LORAWAN",
            applicationId = world.Application,
            lorawanSettings = new Dictionary<string, object>
            {
                ["devEUI"] = $"{start}{n:x4}",
                ["deviceProfileID"] = profileId,
                ["activationType"] = "OTAA",
                ["OTAAapplicationKey"] = new string('a', 32),
            },
        };

        // Two rows have one DevEUI, and one the profile of somebody else.
        var data = Enumerable.Range(0, 300).Select(n => Row(n == 120 ? 119 : n, n == 7 ? foreign : profile)).ToList();
        using var commands = new SqlCommands(api);
        var created = (await writer.Post("iot-device/createMany", new { data })).Is(HttpStatusCode.Created);
        Assert.InRange(commands.Count, 1, 40);

        Assert.Equal("MESSAGE.ID-DOES-NOT-EXIST", Error(created.Json[7]));
        Assert.Equal("MESSAGE.ID-INVALID-OR-ALREADY-IN-USE", Error(created.Json[120]));
        Assert.Equal(2, created.Json.EnumerateArray().Count(r => Error(r) is not null));
        Assert.Equal($"{start}0003", created.Json[3].GetProperty("data").GetProperty("deviceEUI").GetString());

        // The same once more: those that are there, and the same two refused.
        var again = (await writer.Post("iot-device/createMany", new { data })).Is(HttpStatusCode.Created);
        Assert.Equal(created.Json.EnumerateArray().Select(Id), again.Json.EnumerateArray().Select(Id));

        // In another import the ids are in use.
        Assert.Equal("MESSAGE.ID-INVALID-OR-ALREADY-IN-USE", Error((await writer.Post("iot-device/createMany", new { data = data[..1] })).Json[0]));

        // What came as LoRaWAN stays so, and without settings keeps them.
        commands.Restart();
        var updated = (await writer.Post("iot-device/updateMany", new
        {
            data = created.Json.EnumerateArray().Where(r => Error(r) is null).Select(r => new { id = Id(r), name = "new", type = "GENERIC_HTTP", applicationId = world.Application }),
        })).Is(HttpStatusCode.Created);
        Assert.All(updated.Json.EnumerateArray(), r => Assert.Equal("new", r.GetProperty("data").GetProperty("name").GetString()));
        Assert.InRange(commands.Count, 1, 60);
        Assert.Equal(new string('a', 32), updated.Json[0].GetProperty("data").GetProperty("OTAAapplicationKey").GetString());
        var file = (await writer.Get($"iot-device/getDevicesMetadataCsv/{world.Application}")).Is(HttpStatusCode.OK).Text;
        Assert.Contains($"{start}0003,{profile},false,OTAA,\n", file, StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /iot-device/createMany")]
    [Covers("POST /iot-device/updateMany")]
    public async Task Many_WhenARowIsInvalid_IsRefusedWhole()
    {
        var application = await api.AnApplication(await api.AnOrganization());
        var admin = await api.SignedInAsGlobalAdmin();

        var answer = (await admin.Post(
            "iot-device/createMany", new { data = new object[] { Row("good", application), new { name = "", type = "GENERIC_HTTP", applicationId = application } } }))
            .Is(HttpStatusCode.BadRequest);

        var failure = answer["message"][0];
        Assert.Equal("data", failure.GetProperty("property").GetString());
        Assert.False(failure.TryGetProperty("constraints", out _));
        Assert.Equal("1", failure.GetProperty("children")[0].GetProperty("property").GetString());
        Assert.Equal("name", failure.GetProperty("children")[0].GetProperty("children")[0].GetProperty("property").GetString());
        Assert.Equal(0, await CountAsync(admin, application));
        foreach (var path in new[] { "iot-device/createMany", "iot-device/updateMany" })
        {
            Assert.Equal(["arrayMinSize"], (await admin.Post(path, new { data = Array.Empty<object>() })).Rules("data"));
            Assert.Equal(["arrayMaxSize", "arrayMinSize", "isArray"], (await admin.Post(path, new { })).Rules("data"));
            var tooMany = await admin.Post(path, new { data = Enumerable.Range(1, 1001).Select(id => new { id, name = "x", type = "SIGFOX", applicationId = application }) });
            Assert.Equal(["arrayMaxSize"], tooMany.Rules("data"));
            (await admin.Post(path, new { data = new string('x', 5_000_000) })).IsRefused(
                HttpStatusCode.RequestEntityTooLarge, """{"statusCode":413,"message":"request entity too large"}""");
        }

        // A column that is wrong throughout makes an answer that can still be read.
        var allWrong = (await admin.Post(
            "iot-device/createMany",
            new { data = Enumerable.Range(1, 1000).Select(_ => new { name = "x", type = "nonsense", applicationId = "1", comment = new string('x', 300) }) })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(1000, allWrong["message"][0].GetProperty("children").GetArrayLength());
        Assert.InRange(allWrong.Text.Length, 1, 10_000_000);
    }

    [Fact]
    [Covers("POST /iot-device/updateMany")]
    public async Task Update_WhenSomeRowsAreRefused_ChangesTheOthersAndKeepsWhatWasNotSent()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var second = (await writer.Post("iot-device", new { name = "second", type = "GENERIC_HTTP", applicationId = world.Application, comment = "kept" })).Id();

        var answer = (await writer.Post("iot-device/updateMany", new
        {
            data = new object[]
            {
                new { id = 2_000_000_000, name = "unknown", type = "GENERIC_HTTP", applicationId = 1 },
                new { id = 99999999999, name = "unknown too", type = "GENERIC_HTTP", applicationId = 1 },
                new { id = $"{world.Device}", name = "refused", type = "GENERIC_HTTP", applicationId = world.Application, deviceModelId = other.DeviceModel },
                new { id = second, name = "changed", type = "SIGFOX", applicationId = world.Application, commentOnLocation = "new" },
            },
        })).Is(HttpStatusCode.Created);

        Assert.Equal(["MESSAGE.DEVICE-MODEL-DOES-NOT-EXIST", null, "MESSAGE.ID-DOES-NOT-EXIST", "MESSAGE.ID-DOES-NOT-EXIST"], answer.Json.EnumerateArray().Select(Error));
        Assert.Equal("changed", answer.Json[1].GetProperty("data").GetProperty("name").GetString());
        Assert.Equal(
            """{"idMetadata":{"name":"unknown","applicationId":1},"error":{"message":"MESSAGE.ID-DOES-NOT-EXIST"}}""", answer.Json[2].GetRawText());
        var after = await writer.Get($"iot-device/{second}");
        Assert.Equal(("changed", "GENERIC_HTTP", "kept", "new"), (
            after["name"].GetString(), after["type"].GetString(), after["comment"].GetString(), after["commentOnLocation"].GetString()));
        Assert.NotEqual("refused", (await writer.Get($"iot-device/{world.Device}"))["name"].GetString());
    }

    [Fact]
    [Covers("POST /iot-device/updateMany")]
    public async Task Update_WhenMovedToAnotherApplication_LeavesItsConnections()
    {
        var world = await api.AWorld();
        var target = await api.AnApplication(world.Organization);
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.Post("iot-device/updateMany", new { data = new[] { new { id = world.Device, name = "moved", type = "GENERIC_HTTP", applicationId = target } } }))
            .Is(HttpStatusCode.Created);

        Assert.Equal(target, (await admin.Get($"iot-device/{world.Device}"))["application"].GetProperty("id").GetInt32());
        Assert.Equal(0, (await admin.Get($"iot-device-payload-decoder-data-target-connection/{world.Connection}"))["iotDevices"].GetArrayLength());
    }

    [Fact]
    [Covers("POST /iot-device/createMany")]
    [Covers("POST /iot-device/updateMany")]
    public async Task Many_WhenOneRowIsNotTheCallers_IsRefusedWhole()
    {
        var (world, other) = (await api.AWorld(), await api.AWorld());
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        var before = await CountAsync(writer, world.Application);
        var own = new { id = world.Device, name = "mine", type = "GENERIC_HTTP", applicationId = world.Application };

        (await writer.Post("iot-device/createMany", new { data = new[] { own, own with { applicationId = other.Application } } })).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        (await writer.Post("iot-device/createMany", new { data = new[] { own, own with { applicationId = 2_000_000_000 } } })).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        (await writer.Post("iot-device/updateMany", new { data = new[] { own, own with { id = other.Device } } })).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        (await writer.Post("iot-device/updateMany", new { data = new[] { own, own with { applicationId = other.Application } } })).IsRefused(HttpStatusCode.Forbidden, Forbidden);
        foreach (var path in new[] { "iot-device/createMany", "iot-device/updateMany" })
        {
            (await (await api.SignedInAsReaderOf(world.Organization, world.Application)).Post(path, new { data = new[] { own } })).IsRefused(HttpStatusCode.Forbidden, Forbidden);
            (await (await api.SignedInAsNobody()).Post(path, new { data = new[] { own } })).Is(HttpStatusCode.Forbidden);
            (await api.Anonymous().Post(path, new { data = new[] { own } })).Is(HttpStatusCode.Unauthorized);
        }

        Assert.NotEqual("mine", (await writer.Get($"iot-device/{world.Device}"))["name"].GetString());
        Assert.Equal(before, await CountAsync(writer, world.Application));
    }

    private static object Row(string name, int applicationId) => new { name, type = "GENERIC_HTTP", applicationId };

    private static Task<Answer> PostAs(ApiClient client, string import, object data) => client.Send(
        HttpMethod.Post, "iot-device/createMany", JsonContent.Create(new { data }), headers => headers.Add("Idempotency-Key", import));

    private static int[] Ids(Answer answer) =>
        [.. answer.Is(HttpStatusCode.Created).Json.EnumerateArray().Select(r => r.GetProperty("data").GetProperty("id").GetInt32())];

    private static int? Id(JsonElement row) => row.TryGetProperty("data", out var data) ? data.GetProperty("id").GetInt32() : null;

    private async Task<Guid> AProfile(int organizationId)
    {
        await using var db = api.Database.CreateContext();
        var profile = new DeviceProfile { Id = Guid.NewGuid(), Name = ApiHost.Name("profile"), OrganizationId = organizationId };
        db.DeviceProfiles.Add(profile);
        await db.SaveChangesAsync();
        return profile.Id;
    }

    private static string? Error(JsonElement row) => row.TryGetProperty("error", out var error) ? error.GetProperty("message").GetString() : null;

    private static async Task<int> CountAsync(ApiClient client, int applicationId) =>
        (await client.Get($"application/{applicationId}/iot-devices")).Is(HttpStatusCode.OK)["count"].GetInt32();
}
