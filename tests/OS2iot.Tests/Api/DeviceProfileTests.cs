using System.Net;
using System.Text.Json.Nodes;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class DeviceProfileTests(ApiHost api)
{
    private const string Path = "chirpstack/device-profiles";

    [Fact]
    [Covers("POST /chirpstack/device-profiles")]
    [Covers("GET /chirpstack/device-profiles/:id")]
    public async Task Create_WhenComplete_IsShownWithEverything()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsApplicationAdminOf(organization);
        var body = Profile(ApiHost.Name("Elsys"));
        body["supportsClassB"] = true;
        body["classBTimeout"] = 5;
        body["pingSlotDR"] = 3;
        body["pingSlotFreq"] = 869_525_000;
        body["supportsJoin"] = false;
        body["rxDROffset1"] = 1;
        body["rxDataRate2"] = 2;
        body["rxDelay1"] = 3;
        body["rxFreq2"] = 869_525_000;
        body["macVersion"] = "5"; // forms may send a choice as text

        var created = (await admin.Post(Path, new { deviceProfile = body, internalOrganizationId = organization })).Is(HttpStatusCode.Created);

        Assert.Equal(["id"], created.Json.EnumerateObject().Select(m => m.Name));
        var shown = (await (await api.SignedInAsReaderOf(organization)).Get($"{Path}/{created["id"].GetGuid()}")).Is(HttpStatusCode.OK);
        Assert.Equal(["createdAt", "deviceProfile", "internalOrganizationId", "updatedAt"], shown.Json.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal(organization, shown["internalOrganizationId"].GetInt32());
        var profile = shown["deviceProfile"];
        Assert.Equal(
            [
                "adrAlgorithmID", "classBTimeout", "classCTimeout", "createdBy", "devStatusReqFreq", "id", "internalOrganizationId", "macVersion", "name",
                "pingSlotDR", "pingSlotFreq", "pingSlotPeriod", "regParamsRevision", "rfRegion", "rxDROffset1", "rxDataRate2", "rxDelay1", "rxFreq2",
                "supportsClassB", "supportsClassC", "supportsJoin", "tagsMap", "updatedBy",
            ],
            profile.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.Equal("EU868", profile.GetProperty("rfRegion").GetString());
        Assert.Equal(5, profile.GetProperty("macVersion").GetInt32());
        Assert.Equal(1, profile.GetProperty("rxDROffset1").GetInt32());
        Assert.Equal(1, profile.GetProperty("devStatusReqFreq").GetInt32());
        Assert.Equal(0, profile.GetProperty("pingSlotPeriod").GetInt32());
        Assert.False(profile.GetProperty("supportsJoin").GetBoolean());
        Assert.Equal("[]", profile.GetProperty("tagsMap").GetRawText());
        Assert.Equal(admin.UserId, profile.GetProperty("createdBy").GetInt32());
    }

    [Fact]
    [Covers("POST /chirpstack/device-profiles")]
    public async Task Create_WhenMembersAreWrong_NamesEveryRule()
    {
        var admin = await api.SignedInAsGlobalAdmin();

        var answer = (await admin.Post(Path, new
        {
            deviceProfile = new { name = "", macVersion = "", regParamsRevision = 99, supportsClassB = true, supportsJoin = false, classBTimeout = -1 },
            internalOrganizationId = "x",
        })).Is(HttpStatusCode.BadRequest);

        Assert.Equal(["isNumber", "min"], answer.Rules("internalOrganizationId"));
        var children = answer["message"].EnumerateArray().Single(f => f.GetProperty("property").GetString() == "deviceProfile").GetProperty("children")
            .EnumerateArray().ToDictionary(
                c => c.GetProperty("property").GetString()!,
                c => c.GetProperty("constraints").EnumerateObject().Select(r => r.Name).Order().ToArray());
        Assert.Equal(
            ["adrAlgorithmID", "classBTimeout", "classCTimeout", "macVersion", "name", "pingSlotDR", "pingSlotFreq", "regParamsRevision", "rxDROffset1", "rxDataRate2", "rxDelay1", "rxFreq2"],
            children.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["isInt", "isNotEmpty"], children["macVersion"]);
        Assert.Equal(["max"], children["regParamsRevision"]);
        Assert.Equal(["isInt", "min"], children["classCTimeout"]);
        Assert.Equal(["min"], children["classBTimeout"]);
    }

    [Fact]
    [Covers("POST /chirpstack/device-profiles")]
    public async Task Create_WhenNotAllowedOrTaken_IsRefused()
    {
        var (organization, other) = (await api.AnOrganization(), await api.AnOrganization());
        var admin = await api.SignedInAsApplicationAdminOf(organization);
        var name = ApiHost.Name("Milesight");
        object Body(string n, int id) => new { deviceProfile = Profile(n), internalOrganizationId = id };
        (await admin.Post(Path, Body(name, organization))).Is(HttpStatusCode.Created);

        (await (await api.SignedInAsApplicationAdminOf(other)).Post(Path, Body(name.ToUpperInvariant(), other))).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.NAME-INVALID-OR-ALREADY-IN-USE","error":"Bad Request"}""");
        (await admin.Post(Path, Body("x", other))).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await (await api.SignedInAsReaderOf(organization)).Post(Path, Body("x", organization))).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await (await api.SignedInAsGlobalAdmin()).Post(Path, Body("x", 2_000_000_000))).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ORGANIZATION-DOES-NOT-EXISTS","error":"Bad Request"}""");
        (await api.Anonymous().Post(Path, Body("x", organization))).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("GET /chirpstack/device-profiles")]
    public async Task List_WhenReader_ShowsTheProfilesOfOwnOrganizations()
    {
        var organization = await api.AnOrganization();
        var (a, b) = (await api.ADeviceProfile(organization), await api.ADeviceProfile(organization));
        await api.ADeviceProfile(await api.AnOrganization());
        var reader = await api.SignedInAsReaderOf(organization);

        var list = (await reader.Get(Path)).Is(HttpStatusCode.OK);

        Assert.Equal(["result", "totalCount"], list.Json.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal("2", list["totalCount"].GetString());
        Assert.Equal([a, b], list["result"].EnumerateArray().Select(p => p.GetProperty("id").GetGuid()));
        Assert.Equal(
            ["createdAt", "createdBy", "id", "internalOrganizationId", "name", "updatedAt", "updatedBy"],
            list["result"][0].EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal(organization, list["result"][0].GetProperty("internalOrganizationId").GetInt32());
        var page = (await reader.Get($"{Path}?limit=1&offset=1")).Is(HttpStatusCode.OK);
        Assert.Equal("2", page["totalCount"].GetString());
        Assert.Equal(b, page["result"][0].GetProperty("id").GetGuid());
        (await (await api.SignedInAsNobody()).Get(Path)).Is(HttpStatusCode.Forbidden);
        (await api.Anonymous().Get(Path)).Is(HttpStatusCode.Unauthorized);
        Assert.Equal("0", (await (await api.SignedInAs(organization, PermissionType.OrganizationGatewayAdmin)).Get(Path)).Is(HttpStatusCode.OK)["totalCount"].GetString());
    }

    [Fact]
    [Covers("GET /chirpstack/device-profiles/adr-algorithms")]
    public async Task AdrAlgorithms_WhenAskedFor_AreTheNetworks()
    {
        var reader = await api.SignedInAsReaderOf(await api.AnOrganization());

        var algorithms = (await reader.Get($"{Path}/adr-algorithms")).Is(HttpStatusCode.OK)["adrAlgorithms"];

        Assert.Equal(["default", "lora_lr_fhss", "lr_fhss"], algorithms.EnumerateArray().Select(a => a.GetProperty("id").GetString()).Order());
        Assert.All(algorithms.EnumerateArray(), a => Assert.NotEmpty(a.GetProperty("name").GetString()!));
        (await (await api.SignedInAsNobody()).Get($"{Path}/adr-algorithms")).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    [Covers("GET /chirpstack/device-profiles/:id")]
    public async Task Get_WhenUnknownOrForeign_SaysWhich()
    {
        var id = await api.ADeviceProfile(await api.AnOrganization());
        var reader = await api.SignedInAsReaderOf(await api.AnOrganization());
        const string NotFound = """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""";

        (await reader.Get($"{Path}/{Guid.NewGuid()}")).IsRefused(HttpStatusCode.NotFound, NotFound);
        (await reader.Get($"{Path}/17")).IsRefused(HttpStatusCode.NotFound, NotFound);
        (await reader.Get($"{Path}/{id}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
    }

    [Fact]
    [Covers("PUT /chirpstack/device-profiles/:id")]
    public async Task Update_WhenTheBodyNamesAnotherOrganization_GoesByTheProfilesOwn()
    {
        var (organization, other) = (await api.AnOrganization(), await api.AnOrganization());
        var id = await api.ADeviceProfile(organization);
        var admin = await api.SignedInAsApplicationAdminOf(organization);
        var name = ApiHost.Name("renamed");
        var body = Profile(name);
        body["supportsClassC"] = true;
        (body["id"], body["internalOrganizationId"], body["createdBy"], body["updatedBy"]) = ($"{id}", other, 1, 1);

        // The organization in the body is the caller's own; the profile's is not.
        (await (await api.SignedInAsApplicationAdminOf(other)).Put($"{Path}/{id}", new { deviceProfile = body })).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        var answer = await admin.Put($"{Path}/{id}", new { deviceProfile = body });

        Assert.Equal("", answer.Is(HttpStatusCode.NoContent).Text);
        var profile = (await admin.Get($"{Path}/{id}"))["deviceProfile"];
        Assert.Equal(name, profile.GetProperty("name").GetString());
        Assert.True(profile.GetProperty("supportsClassC").GetBoolean());
        Assert.Equal(1, profile.GetProperty("rxDelay1").GetInt32()); // absent, so it stayed
        Assert.Equal(organization, profile.GetProperty("internalOrganizationId").GetInt32());
        Assert.Equal(admin.UserId, profile.GetProperty("updatedBy").GetInt32());
    }

    [Fact]
    [Covers("PUT /chirpstack/device-profiles/:id")]
    public async Task Update_WhenNotPossible_IsRefused()
    {
        var organization = await api.AnOrganization();
        var (id, second) = (await api.ADeviceProfile(organization), await api.ADeviceProfile(organization));
        var admin = await api.SignedInAsApplicationAdminOf(organization);
        var taken = (await admin.Get($"{Path}/{second}"))["deviceProfile"].GetProperty("name").GetString()!;

        (await admin.Put($"{Path}/{id}", new { deviceProfile = Profile(taken.ToUpperInvariant()) })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.NAME-INVALID-OR-ALREADY-IN-USE","error":"Bad Request"}""");
        (await admin.Put($"{Path}/{Guid.NewGuid()}", new { deviceProfile = Profile("x") })).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"Not Found"}""");
        (await admin.Put($"{Path}/{id}", new { deviceProfile = 1 })).Is(HttpStatusCode.BadRequest);
        (await (await api.SignedInAsReaderOf(organization)).Put($"{Path}/{id}", new { deviceProfile = Profile("x") })).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
    }

    [Fact]
    [Covers("DELETE /chirpstack/device-profiles/:id")]
    public async Task Delete_WhenADeviceUsesIt_IsRefused()
    {
        var organization = await api.AnOrganization();
        var id = await api.ADeviceProfile(organization);
        var application = await api.AnApplication(organization);
        var device = await api.ALoRaWanDevice(application, id);
        var admin = await api.SignedInAsApplicationAdminOf(organization, application);
        (await (await api.SignedInAsReaderOf(organization)).Delete($"{Path}/{id}")).Is(HttpStatusCode.Forbidden);
        (await (await api.SignedInAsApplicationAdminOf(await api.AnOrganization())).Delete($"{Path}/{id}")).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");

        var refused = (await admin.Delete($"{Path}/{id}")).Is(HttpStatusCode.Conflict);
        Assert.Equal(("MESSAGE.DELETE-NOT-ALLOWED-HAS-LORAWAN-DEVICE", "Conflict"), (refused["message"].GetString(), refused["error"].GetString()));
        Assert.Equal([device], refused["usedBy"].EnumerateArray().Select(d => d.GetProperty("id").GetInt32()));

        (await admin.Delete($"iot-device/{device}")).Is(HttpStatusCode.OK);
        Assert.Equal("""{"affected":1}""", (await admin.Delete($"{Path}/{id}")).Is(HttpStatusCode.OK).Text);
        (await admin.Delete($"{Path}/{id}")).IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"Not Found"}""");
    }

    private static JsonObject Profile(string name) => new()
    {
        ["name"] = name,
        ["macVersion"] = 3,
        ["regParamsRevision"] = 0,
        ["adrAlgorithmID"] = "default",
        ["classCTimeout"] = 0,
    };
}
