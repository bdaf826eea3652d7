using System.Net;
using System.Text.Json;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

/// <summary>What answers hold, member by member, for those who may see everything.</summary>
[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class AnswerShapeTests(ApiHost api)
{
    private const string Connections = "iot-device-payload-decoder-data-target-connection";

    [Fact]
    [Covers("GET /auth/me")]
    [Covers("GET /auth/profile")]
    public async Task Me_WhenAnybodyAsks_ShowsUserPermissionsAndOrganizations()
    {
        var world = await api.AWorld();
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        var me = (await reader.Get("auth/me")).Is(HttpStatusCode.OK).Json.Has("user", "organizations");
        var permission = me.GetProperty("user").Has(Shapes.User).First("permissions").Has(Shapes.Permission);
        permission.GetProperty("organization").Has(Shapes.Organization);
        Assert.Equal("Read", permission.First("type").Has(Shapes.TypeRow).GetProperty("type").GetString());
        var organization = me.First("organizations").Has(Shapes.Organization);
        Assert.False(organization.TryGetProperty("applications", out _));

        var everything = (await (await api.SignedInAsGlobalAdmin()).Get("auth/me")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(JsonValueKind.Null, everything.GetProperty("user").First("permissions").GetProperty("organization").ValueKind);
        var mine = everything.GetProperty("organizations").EnumerateArray().Single(o => o.GetProperty("id").GetInt32() == world.Organization);
        mine.First("applications").Has(Shapes.Application);
        mine.First("permissions").Has(Shapes.Permission);

        var profile = (await reader.Get("auth/profile")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(["sub", "username"], profile.EnumerateObject().Select(m => m.Name));
        Assert.Equal(reader.UserId, profile.GetProperty("sub").GetInt32());
        (await api.Anonymous().Get("auth/profile")).Is(HttpStatusCode.Unauthorized);
        (await api.Anonymous().Get("auth/me")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("GET /organization")]
    [Covers("GET /organization/:id")]
    [Covers("GET /organization/minimal")]
    [Covers("POST /organization")]
    [Covers("PUT /organization/:id")]
    [Covers("DELETE /organization/:id")]
    public async Task Organization_WhenShown_HasEverything()
    {
        var admin = await api.SignedInAsGlobalAdmin();
        var world = await api.AWorld();
        var created = (await admin.Post("organization", new { name = ApiHost.Name("organization") })).Is(HttpStatusCode.Created);
        created.Json.Has(Shapes.Organization, Shapes.Author);

        (await admin.Get($"organization/{world.Organization}")).Is(HttpStatusCode.OK).Json.Has(Shapes.Organization, Shapes.Author)
            .First("permissions").Has(Shapes.Permission);
        (await admin.Put($"organization/{created.Id()}", new { name = ApiHost.Name("organization") })).Is(HttpStatusCode.OK).Json.Has(Shapes.Organization, Shapes.Author)
            .First("permissions").Has(Shapes.Permission);
        (await (await api.SignedInAsUserAdminOf(world.Organization)).Get("organization")).Is(HttpStatusCode.OK).First().Has(Shapes.Organization)
            .First("applications").Has(Shapes.Application);
        (await admin.Get("organization/minimal")).Is(HttpStatusCode.OK).First().Has("id", "name");
        Assert.Equal("""{"affected":1}""", (await admin.Delete($"organization/{created.Id()}")).Is(HttpStatusCode.OK).Text);
    }

    [Fact]
    [Covers("GET /application")]
    [Covers("GET /application/:id")]
    [Covers("GET /application/:id/iot-devices")]
    [Covers("POST /application")]
    [Covers("PUT /application/:id")]
    [Covers("DELETE /application/:id")]
    public async Task Application_WhenShown_HasEverything()
    {
        var admin = await api.SignedInAsGlobalAdmin();
        var world = await api.AWorld();
        var body = new { name = ApiHost.Name("application"), organizationId = world.Organization, controlledProperties = new[] { "pH" }, deviceTypes = new[] { "OTHER" } };
        var created = (await admin.Post("application", body)).Is(HttpStatusCode.Created);

        foreach (var answer in new[]
        {
            created, await admin.Get($"application/{created.Id()}"), await admin.Put($"application/{created.Id()}", body with { name = ApiHost.Name("application") }),
        })
        {
            var application = answer.Json.Has(Shapes.Application, Shapes.Author, "iotDevices", "permissions");
            application.GetProperty("belongsTo").Has(Shapes.Organization);
            application.First("controlledProperties").Has(Shapes.TypeRow);
            application.First("deviceTypes").Has(Shapes.TypeRow);
        }

        created.Json.Has("dataTargets", "multicasts").First("permissions").Has(Shapes.Permission);
        (await admin.Get($"application/{world.Application}")).Json.First("iotDevices").Has(Shapes.HttpDevice);
        var item = (await admin.Get($"application?organizationId={world.Organization}")).Is(HttpStatusCode.OK).First().Has(Shapes.Application, "controlledProperties", "deviceTypes");
        item.First("iotDevices").Has(Shapes.HttpDevice);
        item.First("dataTargets").Has(Shapes.HttpPush);
        var device = (await admin.Get($"application/{world.Application}/iot-devices")).Is(HttpStatusCode.OK).First().Has(Shapes.HttpDevice, "latestReceivedMessage", "deviceModel");
        device.First("connections").Has(Shapes.Row);
        Assert.Equal("""{"affected":1}""", (await admin.Delete($"application/{created.Id()}")).Is(HttpStatusCode.OK).Text);
    }

    [Fact]
    [Covers("GET /iot-device-payload-decoder-data-target-connection")]
    [Covers("GET /iot-device-payload-decoder-data-target-connection/:id")]
    [Covers("GET /iot-device-payload-decoder-data-target-connection/byIoTDevice/:id")]
    [Covers("GET /iot-device-payload-decoder-data-target-connection/byPayloadDecoder/:id")]
    [Covers("GET /iot-device-payload-decoder-data-target-connection/byDataTarget/:id")]
    [Covers("POST /iot-device-payload-decoder-data-target-connection")]
    [Covers("PUT /iot-device-payload-decoder-data-target-connection/:id")]
    [Covers("DELETE /iot-device-payload-decoder-data-target-connection/:id")]
    public async Task Connection_WhenShown_HasEverything()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        var body = new { iotDeviceIds = new[] { world.Device }, dataTargetId = world.DataTarget, payloadDecoderId = (int?)world.Decoder };

        foreach (var answer in new[] { await admin.Post(Connections, body), await admin.Get($"{Connections}/{world.Connection}"), await admin.Put($"{Connections}/{world.Connection}", body) })
        {
            var connection = answer.Json.Has(Shapes.Row, Shapes.Author);
            connection.First("iotDevices").Has(Shapes.HttpDevice).GetProperty("application").Has(Shapes.Application);
            connection.GetProperty("payloadDecoder").Has(Shapes.Decoder);
            connection.GetProperty("dataTarget").Has(Shapes.HttpPush);
        }

        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        foreach (var list in new[] { Connections, $"{Connections}/byIoTDevice/{world.Device}", $"{Connections}/byPayloadDecoder/{world.Decoder}", $"{Connections}/byDataTarget/{world.DataTarget}" })
        {
            var connection = (await reader.Get(list)).Is(HttpStatusCode.OK).First().Has(Shapes.Row);
            connection.First("iotDevices").Has(Shapes.HttpDevice).GetProperty("application").Has(Shapes.Application);
            connection.GetProperty("payloadDecoder").Has(Shapes.Decoder);
            connection.GetProperty("dataTarget").Has(Shapes.HttpPush).GetProperty("application").Has(Shapes.Application);
        }

        Assert.Equal("""{"affected":1}""", (await admin.Delete($"{Connections}/{world.Connection}")).Is(HttpStatusCode.OK).Text);
    }

    [Fact]
    [Covers("GET /payload-decoder")]
    [Covers("GET /payload-decoder/:id")]
    [Covers("POST /payload-decoder")]
    [Covers("PUT /payload-decoder/:id")]
    [Covers("DELETE /payload-decoder/:id")]
    public async Task Decoder_WhenShown_HasEverything()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsGlobalAdmin();
        var body = new { name = "d", organizationId = organization, decodingFunction = "\"x\"" };
        var created = (await admin.Post("payload-decoder", body)).Is(HttpStatusCode.Created);

        foreach (var answer in new[] { created, await admin.Get($"payload-decoder/{created.Id()}"), await admin.Put($"payload-decoder/{created.Id()}", body) })
        {
            answer.Json.Has(Shapes.Decoder, Shapes.Author).GetProperty("organization").Has(Shapes.Organization);
        }

        (await admin.Get($"payload-decoder?organizationId={organization}")).Is(HttpStatusCode.OK).First().Has(Shapes.Decoder).GetProperty("organization").Has(Shapes.Organization);
        Assert.Equal("""{"affected":1}""", (await admin.Delete($"payload-decoder/{created.Id()}")).Is(HttpStatusCode.OK).Text);
    }

    [Fact]
    [Covers("GET /iot-device/:id")]
    public async Task Device_WhenShown_HasEverything()
    {
        var world = await api.AWorld();
        await api.Database.ExecuteAsync(
            $$"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload)
            VALUES (gen_random_uuid(), now(), {{world.Device}}, {{world.Organization}}, 'GENERIC_HTTP', '{}')
            """);

        var device = (await (await api.SignedInAs(world.Organization, PermissionType.OrganizationUserAdmin)).Get($"iot-device/{world.Device}")).Is(HttpStatusCode.OK).Json
            .Has(Shapes.HttpDevice, Shapes.Author, "deviceModel");

        device.GetProperty("application").Has(Shapes.Application);
        device.GetProperty("latestReceivedMessage").Has(Shapes.ReceivedMessage);
        device.First("receivedMessagesMetadata").Has(Shapes.ReceivedMetadata);
    }
}
