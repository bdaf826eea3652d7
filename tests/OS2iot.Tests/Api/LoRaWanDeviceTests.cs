using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class LoRaWanDeviceTests(ApiHost api)
{
    private const string Taken = """{"message":"MESSAGE.ID-INVALID-OR-ALREADY-IN-USE"}""";

    private const string NoSuchProfile = """{"message":"MESSAGE.ID-DOES-NOT-EXIST"}""";

    [Fact]
    [Covers("POST /iot-device")]
    [Covers("GET /iot-device/:id")]
    [Covers("GET /application/:id/iot-devices")]
    public async Task Create_WhenOtaa_ShowsTheKeyToWritersOnly()
    {
        var scene = await AScene();
        var (eui, key) = (ApiHost.Eui(), ApiHost.Key());
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);

        var created = (await writer.Post("iot-device", Device(scene, Otaa(scene, eui.ToUpperInvariant(), key.ToUpperInvariant())))).Is(HttpStatusCode.Created);

        Assert.Equal("LORAWAN", created["type"].GetString());
        Assert.Equal(eui, created["deviceEUI"].GetString());
        Assert.Equal(key, created["OTAAapplicationKey"].GetString());
        Assert.StartsWith("profile", created["deviceProfileName"].GetString(), StringComparison.Ordinal);
        Assert.Equal("null", created["chirpstackApplicationId"].GetRawText());
        var shown = (await writer.Get($"iot-device/{created.Id()}")).Is(HttpStatusCode.OK)["lorawanSettings"];
        Assert.Equal(
            [
                "OTAAapplicationKey", "activationType", "devEUI", "deviceProfileID", "deviceStatusBattery", "deviceStatusMargin", "isDisabled", "joinEUI",
                "skipFCntCheck",
            ],
            Names(shown));
        Assert.Equal(key, shown.GetProperty("OTAAapplicationKey").GetString());
        Assert.Equal("OTAA", shown.GetProperty("activationType").GetString());
        Assert.Equal(scene.Profile, shown.GetProperty("deviceProfileID").GetGuid());
        var reader = await api.SignedInAsReaderOf(scene.Organization, scene.Application);
        var read = await reader.Get($"iot-device/{created.Id()}");
        Assert.DoesNotContain(key, read.Text, StringComparison.Ordinal);
        Assert.Equal(Names(shown), Names(read["lorawanSettings"]));
        Assert.Equal(eui, read["lorawanSettings"].GetProperty("devEUI").GetString());
        var list = await reader.Get($"application/{scene.Application}/iot-devices");
        Assert.DoesNotContain(key, list.Text, StringComparison.Ordinal);
        Assert.Equal(eui, list["data"][0].GetProperty("lorawanSettings").GetProperty("devEUI").GetString());
        Assert.Contains(key, (await writer.Get($"application/{scene.Application}/iot-devices")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(key, (await writer.Get($"application/{scene.Application}")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            key, await api.Database.ScalarAsync<string>($"SELECT row_to_json(d)::text FROM devices d WHERE id = {created.Id()}"), StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Create_WhenAbp_LeavesTheOtherActivationOut()
    {
        var scene = await AScene();
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);
        var settings = Abp(scene, ApiHost.Eui());
        settings["OTAAapplicationKey"] = ""; // of the other activation, so nobody looks at it

        var id = (await writer.Post("iot-device", Device(scene, settings))).Id();

        var shown = (await writer.Get($"iot-device/{id}"))["lorawanSettings"];
        Assert.Equal(
            [
                "activationType", "applicationSessionKey", "devAddr", "devEUI", "deviceProfileID", "deviceStatusBattery", "deviceStatusMargin", "fCntUp",
                "isDisabled", "nFCntDown", "networkSessionKey", "skipFCntCheck",
            ],
            Names(shown));
        Assert.Equal("01abcdef", shown.GetProperty("devAddr").GetString());
        Assert.Equal(4_294_967_295, shown.GetProperty("fCntUp").GetInt64());
        Assert.Equal(9, shown.GetProperty("nFCntDown").GetInt64());
        Assert.Equal(settings["networkSessionKey"]!.GetValue<string>(), shown.GetProperty("networkSessionKey").GetString());
        Assert.Equal("null", (await writer.Get($"iot-device/{id}"))["OTAAapplicationKey"].GetRawText());
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Create_WhenLoRaWan11_TakesTwoKeys()
    {
        var scene = await AScene(macVersion: 5);
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);
        var settings = Otaa(scene, ApiHost.Eui(), ApiHost.Key());
        settings["OTAAnetworkKey"] = ApiHost.Key();
        settings["joinEUI"] = "00000000000000AB";
        var id = (await writer.Post("iot-device", Device(scene, settings))).Id();

        var shown = (await writer.Get($"iot-device/{id}"))["lorawanSettings"];

        Assert.Equal(settings["OTAAapplicationKey"]!.GetValue<string>(), shown.GetProperty("OTAAapplicationKey").GetString());
        Assert.Equal(settings["OTAAnetworkKey"]!.GetValue<string>(), shown.GetProperty("OTAAnetworkKey").GetString());
        Assert.Equal("00000000000000ab", shown.GetProperty("joinEUI").GetString());

        // Who knows of one key only needs no other.
        var single = (await writer.Post("iot-device", Device(scene, Otaa(scene, ApiHost.Eui(), ApiHost.Key())))).Is(HttpStatusCode.Created);
        Assert.DoesNotContain("OTAAnetworkKey", single.Text, StringComparison.Ordinal);
        var only = Otaa(scene, ApiHost.Eui(), ApiHost.Key());
        (only["OTAAnetworkKey"], only["OTAAapplicationKey"]) = (ApiHost.Key(), null);
        (await writer.Post("iot-device", Device(scene, only))).IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.OTAA-INFO-MISSING"}""");
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Create_WhenSettingsAreWrong_NamesTheRulesBelowThem()
    {
        var scene = await AScene();
        var admin = await api.SignedInAsGlobalAdmin();
        var settings = Otaa(scene, "xyz", "0123456789");
        settings["deviceProfileID"] = "17";
        settings["skipFCntCheck"] = "no";

        var answer = (await admin.Post("iot-device", Device(scene, settings))).Is(HttpStatusCode.BadRequest);

        var failure = answer["message"].EnumerateArray().Single();
        Assert.Equal("lorawanSettings", failure.GetProperty("property").GetString());
        Assert.False(failure.TryGetProperty("constraints", out _));
        var children = failure.GetProperty("children").EnumerateArray().ToDictionary(c => c.GetProperty("property").GetString()!);
        Assert.Equal(["OTAAapplicationKey", "devEUI", "deviceProfileID", "skipFCntCheck"], children.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            """{"isHexadecimal":"devEUI must be a hexadecimal number","isLength":"devEUI must be longer than or equal to 16 characters"}""",
            children["devEUI"].GetProperty("constraints").GetRawText());
        Assert.Equal("""{"isUuid":"deviceProfileID must be a UUID"}""", children["deviceProfileID"].GetProperty("constraints").GetRawText());
        Assert.DoesNotContain("0123456789", answer.Text, StringComparison.Ordinal);
        settings["activationType"] = "MAGIC";
        Assert.Contains("isEnum", (await admin.Post("iot-device", Device(scene, settings))).Text, StringComparison.Ordinal);
        Assert.Equal(["nestedValidation"], (await admin.Post("iot-device", Device(scene, "x"))).Rules("lorawanSettings"));

        // Settings of another type are nobody's business.
        (await admin.Post("iot-device", new { name = "x", type = "GENERIC_HTTP", applicationId = scene.Application, lorawanSettings = settings })).Is(HttpStatusCode.Created);
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Create_WhenNotPossible_AnswersOnlyAMessage()
    {
        var (scene, other) = (await AScene(), await AScene());
        var admin = await api.SignedInAsGlobalAdmin();
        var eui = ApiHost.Eui();
        (await admin.Post("iot-device", Device(scene, Otaa(scene, eui, ApiHost.Key())))).Is(HttpStatusCode.Created);

        (await admin.Post("iot-device", Device(other, Otaa(other, eui.ToUpperInvariant(), ApiHost.Key())))).IsRefused(HttpStatusCode.BadRequest, Taken);
        (await admin.Post("iot-device", Device(scene, Otaa(other, ApiHost.Eui(), ApiHost.Key())))).IsRefused(HttpStatusCode.BadRequest, NoSuchProfile);
        var settings = Otaa(scene, ApiHost.Eui(), ApiHost.Key());
        settings["deviceProfileID"] = $"{Guid.NewGuid()}";
        (await admin.Post("iot-device", Device(scene, settings))).IsRefused(HttpStatusCode.BadRequest, NoSuchProfile);
        settings = Otaa(scene, ApiHost.Eui(), ApiHost.Key());
        settings.Remove("OTAAapplicationKey");
        (await admin.Post("iot-device", Device(scene, settings))).IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.OTAA-INFO-MISSING"}""");
        foreach (var member in new[] { "devAddr", "fCntUp", "nFCntDown", "networkSessionKey", "applicationSessionKey" })
        {
            settings = Abp(scene, ApiHost.Eui());
            settings.Remove(member);
            (await admin.Post("iot-device", Device(scene, settings))).IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.ABP-INFO-MISSING"}""");
        }

        (await admin.Post("iot-device", Device(scene, null))).IsRefused(
            HttpStatusCode.BadRequest, """{"message":"lorawanSettings should not be null or undefined"}""");
        settings = new JsonObject { ["devEUI"] = ApiHost.Eui(), ["deviceProfileID"] = $"{scene.Profile}" };
        var id = (await admin.Post("iot-device", Device(scene, settings))).Id();
        Assert.Equal("NONE", (await admin.Get($"iot-device/{id}"))["lorawanSettings"].GetProperty("activationType").GetString());
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Create_WhenTheSameIdComesTwiceAtOnce_KeepsOne()
    {
        var scene = await AScene();
        var admin = await api.SignedInAsGlobalAdmin();
        var body = Device(scene, Otaa(scene, ApiHost.Eui(), ApiHost.Key()));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => admin.Post("iot-device", body)));

        Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a => a.IsRefused(HttpStatusCode.BadRequest, Taken));
    }

    [Fact]
    [Covers("PUT /iot-device/:id")]
    public async Task Update_WhenMembersAreAbsent_KeepsKeysOfTheSameActivation()
    {
        var scene = await AScene();
        var writer = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);
        var (eui, key) = (ApiHost.Eui(), ApiHost.Key());
        var settings = Otaa(scene, eui, key);
        settings["skipFCntCheck"] = true;
        var id = (await writer.Post("iot-device", Device(scene, settings))).Id();
        var ciphertext = await Ciphertext(id);

        (await writer.Put($"iot-device/{id}", Device(scene, settings, id))).Is(HttpStatusCode.OK);
        Assert.Equal(ciphertext, await Ciphertext(id)); // the same key is no change
        (await writer.Put($"iot-device/{id}", Device(scene, null, id))).Is(HttpStatusCode.OK);
        var moved = new JsonObject { ["devEUI"] = ApiHost.Eui(), ["deviceProfileID"] = $"{scene.Profile}" };
        (await writer.Put($"iot-device/{id}", Device(scene, moved, id))).Is(HttpStatusCode.OK);

        var shown = (await writer.Get($"iot-device/{id}"))["lorawanSettings"];
        Assert.Equal(moved["devEUI"]!.GetValue<string>(), shown.GetProperty("devEUI").GetString());
        Assert.Equal(key, shown.GetProperty("OTAAapplicationKey").GetString());
        Assert.True(shown.GetProperty("skipFCntCheck").GetBoolean());
        (await writer.Put($"iot-device/{id}", Device(scene, Abp(scene, eui), id))).Is(HttpStatusCode.OK);
        Assert.Equal("", await Ciphertext(id));
        settings.Remove("OTAAapplicationKey");
        (await writer.Put($"iot-device/{id}", Device(scene, settings, id))).IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.OTAA-INFO-MISSING"}""");
    }

    [Fact]
    [Covers("PUT /iot-device/:id")]
    public async Task Update_WhenTheIdIsTakenOrTheProfileForeign_IsRefused()
    {
        var (scene, other) = (await AScene(), await AScene());
        var admin = await api.SignedInAsGlobalAdmin();
        var (eui, key) = (ApiHost.Eui(), ApiHost.Key());
        (await admin.Post("iot-device", Device(other, Otaa(other, eui, key)))).Is(HttpStatusCode.Created);
        var id = (await admin.Post("iot-device", Device(scene, Otaa(scene, ApiHost.Eui(), key)))).Id();

        (await admin.Put($"iot-device/{id}", Device(scene, Otaa(scene, eui, key), id))).IsRefused(HttpStatusCode.BadRequest, Taken);
        (await admin.Put($"iot-device/{id}", Device(scene, Otaa(other, ApiHost.Eui(), key), id))).IsRefused(HttpStatusCode.BadRequest, NoSuchProfile);

        // To another organization it goes only with a profile from there.
        (await admin.Put($"iot-device/{id}", Device(other, null, id))).IsRefused(HttpStatusCode.BadRequest, NoSuchProfile);
        (await admin.Put($"iot-device/{id}", Device(other, Otaa(other, ApiHost.Eui(), key), id))).Is(HttpStatusCode.OK);
        (await admin.Put($"application/{other.Application}", new { name = ApiHost.Name("a"), organizationId = scene.Organization })).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Covers("DELETE /application/:id")]
    public async Task Application_WhenRemoved_FreesItsProfiles()
    {
        var scene = await AScene();
        var device = await api.ALoRaWanDevice(scene.Application, scene.Profile);
        var group = await api.AMulticastGroup(scene.Application, device);
        var admin = await api.SignedInAsApplicationAdminOf(scene.Organization, scene.Application);

        (await admin.Delete($"application/{scene.Application}")).Is(HttpStatusCode.OK);

        (await admin.Get($"multicast/{group}")).Is(HttpStatusCode.NotFound);
        (await admin.Delete($"chirpstack/device-profiles/{scene.Profile}")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Organization_WhenRemoved_TakesItsNetworkAlong()
    {
        var scene = await AScene();
        var device = await api.ALoRaWanDevice(scene.Application, scene.Profile);
        await api.AMulticastGroup(scene.Application, device);
        var gateway = await api.AGateway(scene.Organization);
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.Delete($"organization/{scene.Organization}")).Is(HttpStatusCode.OK);

        (await admin.Get($"iot-device/{device}")).Is(HttpStatusCode.NotFound);
        (await admin.Get($"chirpstack/gateway/{gateway}")).Is(HttpStatusCode.NotFound);
        (await admin.Get($"chirpstack/device-profiles/{scene.Profile}")).Is(HttpStatusCode.NotFound);
    }

    private static string[] Names(JsonElement settings) => [.. settings.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal)];

    private static JsonObject Device(Scene scene, JsonNode? settings, int id = 0) => new JsonObject
    {
        ["id"] = id,
        ["name"] = "sensor",
        ["type"] = "LORAWAN",
        ["applicationId"] = scene.Application,
        ["lorawanSettings"] = settings?.DeepClone(),
    };

    private static JsonObject Otaa(Scene scene, string devEui, string key) => new()
    {
        ["devEUI"] = devEui,
        ["deviceProfileID"] = $"{scene.Profile}",
        ["activationType"] = "OTAA",
        ["OTAAapplicationKey"] = key,
    };

    private static JsonObject Abp(Scene scene, string devEui) => new()
    {
        ["devEUI"] = devEui,
        ["deviceProfileID"] = $"{scene.Profile}",
        ["activationType"] = "ABP",
        ["devAddr"] = "01ABCDEF",
        ["fCntUp"] = 4_294_967_295,
        ["nFCntDown"] = 9,
        ["networkSessionKey"] = ApiHost.Key(),
        ["applicationSessionKey"] = ApiHost.Key(),
    };

    private Task<string> Ciphertext(int id) => api.Database.ScalarAsync<string>($"SELECT coalesce(nwk_key_ciphertext, '') FROM devices WHERE id = {id}");

    private async Task<Scene> AScene(int macVersion = 3)
    {
        var organization = await api.AnOrganization();
        return new Scene(organization, await api.AnApplication(organization), await api.ADeviceProfile(organization, macVersion));
    }

    private sealed record Scene(int Organization, int Application, Guid Profile);
}
