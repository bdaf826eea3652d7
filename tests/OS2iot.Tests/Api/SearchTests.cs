using System.Net;
using System.Text.Json;
using OS2iot.Core.Gateways;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class SearchTests(ApiHost api)
{
    [Fact]
    [Covers("GET /search")]
    public async Task Search_WhenPartOfANameIsGiven_FindsAllThreeKindsNewestFirst()
    {
        var world = await api.AWorld();
        var word = $"Ærø{Guid.NewGuid():N}"[..12];
        var admin = await api.SignedInAsGlobalAdmin();
        var application = (await admin.Post("application", new { name = $"En {word} her", organizationId = world.Organization })).Id();
        var device = (await admin.Post("iot-device", new { name = $"{word} 1", type = "GENERIC_HTTP", applicationId = world.Application })).Id();
        await AGateway(world.Organization, $"x{word}x");

        var found = (await admin.Get($"search?q={Uri.EscapeDataString(word.ToUpperInvariant())}&limit=10&offset=0")).Is(HttpStatusCode.OK);

        Assert.Equal(3, found["count"].GetInt32());
        Assert.Equal(["Gateway", "IoTDevice", "Application"], Types(found));
        var (gateway, hit, app) = (found["data"][0], found["data"][1], found["data"][2]);
        Assert.Equal(["createdAt", "gatewayId", "id", "name", "organizationId", "type", "updatedAt"], Members(gateway));
        Assert.Equal(gateway.GetProperty("gatewayId").GetString(), gateway.GetProperty("id").GetString());
        Assert.Equal(
            ["apiKey", "applicationId", "createdAt", "deviceEUI", "deviceId", "deviceType", "id", "name", "organizationId", "type", "updatedAt"], Members(hit));
        Assert.Equal((device, "GENERIC_HTTP", world.Application, world.Organization), (
            hit.GetProperty("id").GetInt32(), hit.GetProperty("deviceType").GetString(), hit.GetProperty("applicationId").GetInt32(),
            hit.GetProperty("organizationId").GetInt32()));
        Assert.Equal(JsonValueKind.Null, hit.GetProperty("apiKey").ValueKind);
        Assert.Equal(["createdAt", "id", "name", "organizationId", "type", "updatedAt"], Members(app));
        Assert.Equal(application, app.GetProperty("id").GetInt32());
        var page = (await admin.Get($"search?q={Uri.EscapeDataString(Uri.EscapeDataString(word))}&limit=1&offset=1")).Is(HttpStatusCode.OK);
        Assert.Equal((3, device), (page["count"].GetInt32(), page["data"][0].GetProperty("id").GetInt32()));
    }

    [Fact]
    [Covers("GET /search")]
    public async Task Search_WhenAnIdOrAKeyIsGiven_FindsTheOneThing()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        var key = (await admin.Get($"iot-device/{world.Device}"))["apiKey"].GetString()!;
        var gatewayId = await AGateway(world.Organization, ApiHost.Name("gateway"));

        var byKey = (await admin.Get($"search?q={key.ToUpperInvariant()}&limit=10&offset=0")).Is(HttpStatusCode.OK);
        Assert.Equal((1, world.Device, key), (
            byKey["count"].GetInt32(), byKey["data"][0].GetProperty("id").GetInt32(), byKey["data"][0].GetProperty("apiKey").GetString()));
        Assert.Equal(0, (await admin.Get($"search?q={key[..35]}&limit=10&offset=0"))["count"].GetInt32());
        Assert.Equal(gatewayId, (await admin.Get($"search?q={gatewayId}&limit=10&offset=0"))["data"][0].GetProperty("id").GetString());

        var (devEui, sigfoxId) = (Guid.NewGuid().ToString("N")[..16], Guid.NewGuid().ToString("N")[..8].ToUpperInvariant());
        var profile = Guid.NewGuid();
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO device_profiles (id, name, organization_id, region, mac_version, reg_params_revision, adr_algorithm_id, supports_join, supports_class_b, supports_class_c, dev_status_req_freq, tags, created_at, updated_at)
            VALUES ('{profile}', '{profile}', {world.Organization}, 'EU868', 3, 0, 'default', true, false, false, 1, '[]', now(), now());
            INSERT INTO devices (name, type, application_id, dev_eui, device_profile_id, activation, skip_fcnt_check, is_disabled, created_at, updated_at)
            VALUES ('l', 'LORAWAN', {world.Application}, '{devEui}', '{profile}', 'None', false, false, now(), now());
            INSERT INTO sigfox_groups (username, password_ciphertext, sigfox_group_id, organization_id, created_at, updated_at) VALUES ('{profile}', '', '', {world.Organization}, now(), now());
            INSERT INTO devices (name, type, application_id, sigfox_id, sigfox_group_id, prototype, created_at, updated_at)
            SELECT 's', 'SIGFOX', {world.Application}, '{sigfoxId}', id, false, now(), now() FROM sigfox_groups WHERE username = '{profile}';
            """);
        Assert.Equal(devEui, (await admin.Get($"search?q={devEui.ToUpperInvariant()}&limit=10&offset=0"))["data"][0].GetProperty("deviceEUI").GetString());
        Assert.Equal(sigfoxId, (await admin.Get($"search?q={sigfoxId.ToLowerInvariant()}&limit=10&offset=0"))["data"][0].GetProperty("deviceId").GetString());
    }

    [Fact]
    [Covers("GET /search")]
    public async Task Search_WhenLettersHaveAMeaningElsewhere_TakesThemAsTheyAre()
    {
        var world = await api.AWorld();
        var admin = await api.SignedInAsGlobalAdmin();
        var mark = Guid.NewGuid().ToString("N")[..6];
        (await admin.Post("iot-device", new { name = $"{mark}100% a_b", type = "GENERIC_HTTP", applicationId = world.Application })).Is(HttpStatusCode.Created);
        (await admin.Post("iot-device", new { name = $"{mark}1000 axb", type = "GENERIC_HTTP", applicationId = world.Application })).Is(HttpStatusCode.Created);

        async Task<int> Count(string q) => (await admin.Get($"search?q={Uri.EscapeDataString(q)}&limit=10&offset=0")).Is(HttpStatusCode.OK)["count"].GetInt32();

        Assert.Equal(2, await Count(mark));
        Assert.Equal(1, await Count($"{mark}100% "));
        Assert.Equal(0, await Count($"{mark}%"));
        Assert.Equal(0, await Count($"{mark}_00"));
        Assert.Equal(1, await Count("100% a_b"));
        Assert.Equal(0, await Count($"{mark}' OR 1=1 --"));
        await Count("%");
        await Count("_");
        await Count("a");
    }

    [Fact]
    [Covers("GET /search")]
    public async Task Search_WhenTheCallerReadsLess_FindsLess()
    {
        var (world, own) = (await api.AWorld(), await api.AWorld());
        var word = Guid.NewGuid().ToString("N");
        var admin = await api.SignedInAsGlobalAdmin();
        (await admin.Post("application", new { name = $"a {word}", organizationId = world.Organization })).Id();
        (await admin.Post("iot-device", new { name = $"d {word}", type = "GENERIC_HTTP", applicationId = world.Application })).Id();
        await AGateway(world.Organization, $"g-{word}");
        var key = (await admin.Get($"iot-device/{world.Device}"))["apiKey"].GetString()!;

        async Task<string[]> Find(ApiClient client, string q) => Types((await client.Get($"search?q={q}&limit=10&offset=0")).Is(HttpStatusCode.OK));

        Assert.Equal(["Gateway", "IoTDevice"], await Find(await api.SignedInAsReaderOf(world.Organization, world.Application), word));
        Assert.Equal(["Gateway", "IoTDevice", "Application"], await Find(await api.SignedInAsUserAdminOf(world.Organization), word));
        Assert.Equal(["Gateway"], await Find(await api.SignedInAs(world.Organization, PermissionType.OrganizationGatewayAdmin), word));
        foreach (var stranger in new[]
        {
            await api.SignedInAsReaderOf(own.Organization, own.Application, world.Application),
            await api.SignedInAsApplicationAdminOf(own.Organization, own.Application, world.Application),
            await api.SignedInAsUserAdminOf(own.Organization),
        })
        {
            Assert.Empty(await Find(stranger, word));
            Assert.Empty(await Find(stranger, key));
        }
    }

    [Fact]
    [Covers("GET /search")]
    public async Task Search_WhenNotWellAsked_IsRefused()
    {
        var admin = await api.SignedInAsGlobalAdmin();
        const string Empty = """{"statusCode":400,"message":"MESSAGE.QUERY-MUST-NOT-BE-EMPTY","error":"Bad Request"}""";

        (await admin.Get("search?limit=10&offset=0")).IsRefused(HttpStatusCode.BadRequest, Empty);
        (await admin.Get("search?q=%20%2520&limit=10&offset=0")).IsRefused(HttpStatusCode.BadRequest, Empty);
        Assert.Equal(["isInt"], (await admin.Get("search?q=x&limit=10")).Rules("offset"));
        Assert.Equal(["isInt"], (await admin.Get("search?q=x&offset=0")).Rules("limit"));
        Assert.Equal(["isNumber"], (await admin.Get("search?q=x&limit=x&offset=0")).Rules("limit"));
        Assert.Equal(["min"], (await admin.Get("search?q=x&limit=1&offset=-1")).Rules("offset"));
        (await admin.Get("search?q=%25&limit=1&offset=0")).Is(HttpStatusCode.OK);
        (await (await api.SignedInAsNobody()).Get("search?q=x&limit=1&offset=0"))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await api.Anonymous().Get("search?q=x&limit=1&offset=0")).IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");
    }

    private static string[] Types(Answer found) => [.. found["data"].EnumerateArray().Select(h => h.GetProperty("type").GetString()!)];

    private static string[] Members(JsonElement json) => [.. json.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal)];

    private async Task<string> AGateway(int organization, string name)
    {
        await using var db = api.Database.CreateContext();
        var gateway = new Gateway { GatewayId = Guid.NewGuid().ToString("N")[..16], Name = name, OrganizationId = organization };
        db.Gateways.Add(gateway);
        await db.SaveChangesAsync();
        return gateway.GatewayId;
    }
}
