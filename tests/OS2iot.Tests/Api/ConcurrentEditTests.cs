using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
public sealed class ConcurrentEditTests(ApiHost api)
{
    private const int Rounds = 8;

    [Fact]
    public async Task Put_WhenTwoSendDifferentMembersAtOnce_KeepsBoth()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        var name = ApiHost.Name("application");
        for (var round = 0; round < Rounds; round++)
        {
            await BothAsync(
                admin, $"application/{world.Application}",
                new { name, organizationId = world.Organization, description = $"d{round}", controlledProperties = new[] { "pH", "tds" } },
                new { name, organizationId = world.Organization, owner = $"o{round}", deviceTypes = new[] { "OTHER" } });
            var application = await admin.Get($"application/{world.Application}");
            Assert.Equal(($"d{round}", $"o{round}"), (application["description"].GetString(), application["owner"].GetString()));
            Assert.Equal((2, 1), (application["controlledProperties"].GetArrayLength(), application["deviceTypes"].GetArrayLength()));

            await BothAsync(
                admin, $"iot-device/{world.Device}",
                new { id = 1, name = "d", type = "GENERIC_HTTP", applicationId = world.Application, comment = $"c{round}" },
                new { id = 1, name = "d", type = "GENERIC_HTTP", applicationId = world.Application, commentOnLocation = $"l{round}" });
            var device = await admin.Get($"iot-device/{world.Device}");
            Assert.Equal(($"c{round}", $"l{round}"), (device["comment"].GetString(), device["commentOnLocation"].GetString()));

            await BothAsync(
                admin, $"data-target/{world.DataTarget}",
                new { name = "t", type = "HTTP_PUSH", applicationId = world.Application, url = "https://example.dk", timeout = 1, authorizationHeader = round % 2 == 0 ? null : "x" },
                new { name = "t", type = "HTTP_PUSH", applicationId = world.Application, url = "https://example.dk", timeout = 1 });
            Assert.Equal(round % 2 == 1, (await admin.Get($"data-target/{world.DataTarget}"))["authorizationHeaderSet"].GetBoolean());

            await BothAsync(
                admin, $"iot-device-payload-decoder-data-target-connection/{world.Connection}",
                new { iotDeviceIds = new[] { world.Device }, dataTargetId = world.DataTarget, payloadDecoderId = round % 2 == 0 ? (int?)null : world.Decoder },
                new { iotDeviceIds = new[] { world.Device }, dataTargetId = world.DataTarget });
            var decoder = (await admin.Get($"iot-device-payload-decoder-data-target-connection/{world.Connection}"))["payloadDecoder"];
            Assert.Equal(round % 2 == 1, decoder.ValueKind == System.Text.Json.JsonValueKind.Object);
        }
    }

    [Fact]
    public async Task Put_WhenManyReplaceTheSameLists_AllSucceed()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        var devices = new List<int> { world.Device };
        for (var i = 0; i < 4; i++)
        {
            devices.Add(await api.ADevice(world.Application));
        }

        var permissions = (await admin.Get($"organization/{world.Organization}"))["permissions"].EnumerateArray().Select(p => p.GetProperty("id").GetInt32()).ToArray();
        string[] words = ["pH", "tds", "tss", "light"];
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => i % 2 == 0
            ? admin.Put($"application/{world.Application}", new
            {
                name = $"many {world.Application}",
                organizationId = world.Organization,
                controlledProperties = words[..(1 + (i % 4))],
                permissionIds = permissions[..(i % 3)],
            })
            : admin.Put(
                $"iot-device-payload-decoder-data-target-connection/{world.Connection}", new { iotDeviceIds = devices[..(1 + (i % 5))], dataTargetId = world.DataTarget })));

        Assert.All(answers, a => a.Is(HttpStatusCode.OK));
    }

    [Fact]
    public async Task Put_WhenChangedSinceItWasRead_IsRefusedWhereAskedTo()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        var address = $"application/{world.Application}";
        var tag = (await admin.Get(address)).Headers.ETag!;
        object Body(string description) => new { name = $"named {world.Application}", organizationId = world.Organization, description };

        (await Send(admin, HttpMethod.Put, address, Body("first"), tag)).Is(HttpStatusCode.OK);
        (await Send(admin, HttpMethod.Put, address, Body("second"), tag)).IsRefused(
            HttpStatusCode.PreconditionFailed, """{"statusCode":412,"message":"It was changed since it was read","error":"Precondition Failed"}""");
        (await Send(admin, HttpMethod.Delete, address, null, tag)).Is(HttpStatusCode.PreconditionFailed);
        Assert.Equal("first", (await admin.Get(address))["description"].GetString());

        (await Send(admin, HttpMethod.Put, address, Body("third"), EntityTagHeaderValue.Any)).Is(HttpStatusCode.OK);
        (await Send(admin, HttpMethod.Put, "application/0", Body("x"), tag)).Is(HttpStatusCode.NotFound);
        (await Send(await api.SignedInAsReaderOf(world.Organization, world.Application), HttpMethod.Put, address, Body("x"), tag)).Is(HttpStatusCode.Forbidden);
        (await Send(api.Anonymous(), HttpMethod.Put, address, Body("x"), tag)).Is(HttpStatusCode.Unauthorized);
        (await Send(admin, HttpMethod.Delete, address, null, (await admin.Get(address)).Headers.ETag!)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Put_WhenManyReadTheSame_OneComesThrough()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        var address = $"organization/{world.Organization}";
        var tag = (await admin.Get(address)).Headers.ETag!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Send(admin, HttpMethod.Put, address, new { name = ApiHost.Name("one of many") }, tag)));

        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => a.Is(HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task Put_WhenOnlyAMessageCameSince_GoesThrough()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        var tag = (await admin.Get($"iot-device/{world.Device}")).Headers.ETag!;
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload)
            VALUES (gen_random_uuid(), now(), {world.Device}, {world.Organization}, 'GENERIC_HTTP', '1')
            """);

        Assert.NotEqual(tag, (await admin.Get($"iot-device/{world.Device}")).Headers.ETag);
        (await Send(admin, HttpMethod.Put, $"iot-device/{world.Device}", new { id = 1, name = "x", type = "GENERIC_HTTP", applicationId = world.Application }, tag))
            .Is(HttpStatusCode.OK);
    }

    private static Task<Answer> Send(ApiClient client, HttpMethod verb, string path, object? body, EntityTagHeaderValue tag) =>
        client.Send(verb, path, body is null ? null : JsonContent.Create(body), headers => headers.IfMatch.Add(tag));

    private static async Task BothAsync(ApiClient client, string path, object one, object other)
    {
        foreach (var answer in await Task.WhenAll(client.Put(path, one), client.Put(path, other)))
        {
            answer.Is(HttpStatusCode.OK);
        }
    }
}
