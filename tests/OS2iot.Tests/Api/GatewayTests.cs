using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Gateways;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class GatewayTests(ApiHost api)
{
    private static readonly string[] Members =
    [
        "alarmMail", "altitude", "antennaType", "createdAt", "createdBy", "description", "gatewayId", "gatewayResponsibleEmail",
        "gatewayResponsibleName", "gatewayResponsiblePhoneNumber", "id", "lastSeenAt", "location", "maximumPackages", "minimumPackages",
        "modelName", "name", "notifyOffline", "notifyUnusualPackages", "offlineAlarmThresholdMinutes", "operationalResponsibleEmail",
        "operationalResponsibleName", "organization", "organizationId", "organizationName", "placement", "rxPacketsReceived", "status",
        "tags", "txPacketsEmitted", "updatedAt", "updatedBy",
    ];

    [Fact]
    [Covers("POST /chirpstack/gateway")]
    [Covers("GET /chirpstack/gateway/:gatewayId")]
    public async Task Create_WhenComplete_IsShownWithEverything()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAs(organization, PermissionType.OrganizationGatewayAdmin);
        var id = ApiHost.Eui();

        var created = (await admin.Post("chirpstack/gateway", new
        {
            organizationId = organization,
            gateway = new
            {
                gatewayId = id.ToUpperInvariant(),
                name = "roof-1",
                description = "On the roof",
                location = new { longitude = 10.25, latitude = 56.125, altitude = 30.5, accuracy = 3 },
                tagsString = """{"floor":"5","internalOrganizationId":"1"}""",
                discoveryEnabled = true,
                placement = "OUTDOORS",
                modelName = "Kerlink",
                antennaType = "omni",
                status = "IN-USE",
                gatewayResponsibleName = "Bo",
                gatewayResponsibleEmail = "bo@example.dk",
                gatewayResponsiblePhoneNumber = "12345678",
                operationalResponsibleName = "Pia",
                operationalResponsibleEmail = "pia@example.dk",
                notifyOffline = true,
                notifyUnusualPackages = true,
                offlineAlarmThresholdMinutes = 30,
                minimumPackages = 1,
                maximumPackages = 1000,
                alarmMail = "alarm@example.dk",
            },
        })).Is(HttpStatusCode.Created);

        Assert.Equal("""{"success":true}""", created.Text);
        var gateway = (await admin.Get($"chirpstack/gateway/{id}")).Is(HttpStatusCode.OK)["gateway"];
        Assert.Equal(Members, gateway.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.Equal(id, gateway.GetProperty("gatewayId").GetString());
        Assert.Equal("""{"latitude":56.125,"longitude":10.25,"altitude":"30.5"}""", gateway.GetProperty("location").GetRawText());
        Assert.Equal("30.5", gateway.GetProperty("altitude").GetString());
        Assert.Equal("""{"floor":"5"}""", gateway.GetProperty("tags").GetRawText());
        Assert.Equal("null", gateway.GetProperty("lastSeenAt").GetRawText());
        Assert.Equal(organization, gateway.GetProperty("organization").GetProperty("id").GetInt32());
        Assert.Equal(organization, gateway.GetProperty("organizationId").GetInt32());
        Assert.Equal("OUTDOORS", gateway.GetProperty("placement").GetString());
        Assert.Equal("IN-USE", gateway.GetProperty("status").GetString());
        Assert.Equal(30, gateway.GetProperty("offlineAlarmThresholdMinutes").GetInt32());
        Assert.Equal("12345678", gateway.GetProperty("gatewayResponsiblePhoneNumber").GetString());
        Assert.Equal(admin.UserId, gateway.GetProperty("createdBy").GetInt32());
    }

    [Fact]
    [Covers("POST /chirpstack/gateway")]
    public async Task Create_WhenMembersAreWrong_NamesEveryRule()
    {
        var admin = await api.SignedInAsGlobalAdmin();

        var answer = (await admin.Post("chirpstack/gateway", new
        {
            organizationId = "1",
            gateway = new
            {
                gatewayId = "0123",
                name = "no spaces",
                description = new string('x', 1025),
                location = new { longitude = 181, altitude = "high" },
                tagsString = "{",
                placement = "SPACE",
                offlineAlarmThresholdMinutes = 0,
                minimumPackages = -1,
                alarmMail = "nobody",
                notifyOffline = "yes",
            },
        })).Is(HttpStatusCode.BadRequest);

        Assert.Equal(["isNumber", "min"], answer.Rules("organizationId"));
        var gateway = Nested(answer, "gateway");
        Assert.False(gateway.TryGetProperty("constraints", out _));
        Assert.Equal(["isLength"], Rules(gateway, "gatewayId"));
        Assert.Equal("The name may only contain words, numbers and dashes.", Leaf(gateway, "name").GetProperty("constraints").GetProperty("matches").GetString());
        Assert.Equal(["maxLength"], Rules(gateway, "description"));
        Assert.Equal(["isJson"], Rules(gateway, "tagsString"));
        Assert.Equal(["isEnum"], Rules(gateway, "placement"));
        Assert.Equal(["min"], Rules(gateway, "offlineAlarmThresholdMinutes"));
        Assert.Equal(["min"], Rules(gateway, "minimumPackages"));
        Assert.Equal(["isEmail"], Rules(gateway, "alarmMail"));
        Assert.Equal(["isBoolean"], Rules(gateway, "notifyOffline"));
        var location = Leaf(gateway, "location");
        Assert.Equal(["max"], Rules(location, "longitude"));
        Assert.Equal(["isNumber", "max", "min"], Rules(location, "latitude"));
        Assert.Equal(["isNumber"], Rules(location, "altitude"));
        Assert.Equal(["nestedValidation"], (await admin.Post("chirpstack/gateway", new { organizationId = 1 })).Rules("gateway"));
        foreach (var tags in new[] { """{"a":1}""", "[]", "1", """{"a":"\u0000"}""", """{"a":"\ud800"}""" })
        {
            var body = Gateway(ApiHost.Eui(), "x");
            body["tagsString"] = tags;
            (await admin.Post("chirpstack/gateway", new { organizationId = 1, gateway = body })).Is(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    [Covers("POST /chirpstack/gateway")]
    public async Task Create_WhenNotAllowedOrTaken_IsRefused()
    {
        var (organization, other) = (await api.AnOrganization(), await api.AnOrganization());
        var id = await api.AGateway(organization);
        var body = new { organizationId = organization, gateway = Gateway(id.ToUpperInvariant(), "again") };

        (await api.Anonymous().Post("chirpstack/gateway", body)).IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");
        (await (await api.SignedInAsApplicationAdminOf(organization)).Post("chirpstack/gateway", body)).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await (await api.SignedInAs(other, PermissionType.OrganizationGatewayAdmin)).Post("chirpstack/gateway", body)).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await (await api.SignedInAs(organization, PermissionType.OrganizationGatewayAdmin)).Post("chirpstack/gateway", body)).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ID-INVALID-OR-ALREADY-IN-USE","error":"Bad Request"}""");
        (await (await api.SignedInAsGlobalAdmin()).Post("chirpstack/gateway", new { organizationId = 2_000_000_000, body.gateway })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ORGANIZATION-DOES-NOT-EXISTS","error":"Bad Request"}""");
    }

    [Fact]
    [Covers("GET /chirpstack/gateway")]
    public async Task List_WhenReader_ShowsTheGatewaysOfOwnOrganizations()
    {
        var (own, other) = (await api.AnOrganization(), await api.AnOrganization());
        var (a, b) = (await api.AGateway(own), await api.AGateway(own));
        await api.AGateway(other);
        await Change(g => g.GatewayId == b, g => (g.LastSeenAt, g.RxPacketsReceived) = (DateTimeOffset.UtcNow, 17));
        var reader = await api.SignedInAsReaderOf(own);

        var all = (await reader.Get("chirpstack/gateway?limit=10&offset=0&orderOn=status&sort=asc")).Is(HttpStatusCode.OK);

        Assert.Equal(["resultList", "totalCount"], all.Json.EnumerateObject().Select(m => m.Name));
        Assert.Equal(2, all["totalCount"].GetInt32());
        Assert.Equal([a, b], Ids(all));
        Assert.Equal([b, a], Ids(await reader.Get("chirpstack/gateway?orderOn=status&sort=DESC")));
        Assert.Equal([b, a], Ids(await reader.Get("chirpstack/gateway?orderOn=rxPacketsReceived&sort=DESC")));
        Assert.Equal([a, b], Ids(await reader.Get("chirpstack/gateway?orderOn=passwordHash&sort=DESC")));
        Assert.Equal([a, b], Ids(await reader.Get("chirpstack/gateway?limit=null&offset=null&sort=null")));
        Assert.Equal([b], Ids(await reader.Get($"chirpstack/gateway?organizationId={own}&limit=1&offset=1")));
        Assert.Equal(17, all["resultList"][1].GetProperty("rxPacketsReceived").GetInt32());
        Assert.Equal(Members.Except(["createdBy", "updatedBy"]), all["resultList"][0].EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
        (await reader.Get($"chirpstack/gateway?organizationId={other}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await reader.Get("chirpstack/gateway?limit=x")).Is(HttpStatusCode.BadRequest);
        (await (await api.SignedInAsNobody()).Get("chirpstack/gateway")).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        Assert.Equal([a, b], Ids(await (await api.SignedInAs(own, PermissionType.OrganizationGatewayAdmin)).Get("chirpstack/gateway")));
        Assert.Equal(2, (await (await api.SignedInAsGlobalAdmin()).Get($"chirpstack/gateway?organizationId={own}"))["totalCount"].GetInt32());
        foreach (var column in new[]
        {
            "organizationName", "organizationId", "gatewayId", "txPacketsEmitted", "tags", "createdAt", "updatedAt", "description", "altitude", "placement", "modelName",
            "antennaType", "lastSeenAt", "name",
        })
        {
            Assert.Equal(2, Ids(await reader.Get($"chirpstack/gateway?orderOn={column}&sort=DESC")).Count);
        }
    }

    [Fact]
    [Covers("GET /chirpstack/gateway/:gatewayId")]
    public async Task Get_WhenThereIsTraffic_ShowsTheDaysOfTheLastMonth()
    {
        var organization = await api.AnOrganization();
        var id = await api.AGateway(organization);
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        await using (var db = api.Database.CreateContext())
        {
            var row = await db.Gateways.SingleAsync(g => g.GatewayId == id, TestContext.Current.CancellationToken);
            db.GatewayTraffic.AddRange(
                new GatewayTraffic { GatewayId = row.Id, Day = today.AddDays(-40), RxPacketsReceived = 1, TxPacketsEmitted = 1 },
                new GatewayTraffic { GatewayId = row.Id, Day = today, RxPacketsReceived = 7, TxPacketsEmitted = 3 },
                new GatewayTraffic { GatewayId = row.Id, Day = today.AddDays(-29), RxPacketsReceived = 5, TxPacketsEmitted = 2 });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var stats = (await (await api.SignedInAsReaderOf(organization)).Get($"chirpstack/gateway/{id.ToUpperInvariant()}")).Is(HttpStatusCode.OK)["stats"];

        Assert.Equal(2, stats.GetArrayLength());
        Assert.Equal(
            $$"""{"timestamp":"{{today.AddDays(-29):yyyy-MM-dd}}T00:00:00.000Z","rxPacketsReceived":5,"txPacketsEmitted":2}""", stats[0].GetRawText());
        Assert.Equal(7, stats[1].GetProperty("rxPacketsReceived").GetInt32());
    }

    [Fact]
    [Covers("GET /chirpstack/gateway/:gatewayId")]
    public async Task Get_WhenIdIsWrongUnknownOrForeign_SaysWhich()
    {
        var id = await api.AGateway(await api.AnOrganization());
        var reader = await api.SignedInAsReaderOf(await api.AnOrganization());

        (await reader.Get("chirpstack/gateway/0123")).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.WRONG-LENGTH","error":"Bad Request"}""");
        (await reader.Get("chirpstack/gateway/0123456789abcdeg")).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.NOT-VALID-FORMAT","error":"Bad Request"}""");
        (await reader.Get($"chirpstack/gateway/{ApiHost.Eui()}")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
        (await reader.Get($"chirpstack/gateway/{id}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await api.Anonymous().Get($"chirpstack/gateway/{id}")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("PUT /chirpstack/gateway/:gatewayId")]
    public async Task Update_WhenMembersAreAbsent_KeepsThem()
    {
        var organization = await api.AnOrganization();
        var id = await api.AGateway(organization);
        var admin = await api.SignedInAs(organization, PermissionType.OrganizationGatewayAdmin);
        var body = Gateway(id, "renamed");
        body.Remove("gatewayId");
        body["modelName"] = "Kerlink";
        body["alarmMail"] = "a@example.dk";
        body["location"] = new JsonObject { ["longitude"] = 1, ["latitude"] = 2, ["altitude"] = "30.5" };
        (await admin.Put($"chirpstack/gateway/{id}", new { gateway = body })).Is(HttpStatusCode.OK);
        body.Remove("modelName");
        body["alarmMail"] = null;
        body["location"] = new JsonObject { ["longitude"] = 3, ["latitude"] = 4 };

        var answer = await admin.Put($"chirpstack/gateway/{id}?observe=response", new { gateway = body, organizationId = 1 });

        Assert.Equal("""{"success":true}""", answer.Is(HttpStatusCode.OK).Text);
        var gateway = (await admin.Get($"chirpstack/gateway/{id}"))["gateway"];
        Assert.Equal("renamed", gateway.GetProperty("name").GetString());
        Assert.Equal("Kerlink", gateway.GetProperty("modelName").GetString());
        Assert.Equal("null", gateway.GetProperty("alarmMail").GetRawText());
        Assert.Equal("""{"latitude":4,"longitude":3,"altitude":"30.5"}""", gateway.GetProperty("location").GetRawText());
        Assert.Equal(organization, gateway.GetProperty("organizationId").GetInt32());
    }

    [Fact]
    [Covers("PUT /chirpstack/gateway/:gatewayId")]
    public async Task Update_WhenNotPossible_IsRefused()
    {
        var organization = await api.AnOrganization();
        var id = await api.AGateway(organization);
        var admin = await api.SignedInAs(organization, PermissionType.OrganizationGatewayAdmin);
        var body = Gateway(id, "x");

        (await admin.Put($"chirpstack/gateway/{id}", new { gateway = body })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.GATEWAY-ID-NOT-ALLOWED-IN-UPDATE","error":"Bad Request"}""");
        body.Remove("gatewayId");
        (await admin.Put($"chirpstack/gateway/{ApiHost.Eui()}", new { gateway = body })).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
        (await (await api.SignedInAs(await api.AnOrganization(), PermissionType.OrganizationGatewayAdmin)).Put($"chirpstack/gateway/{id}", new { gateway = body }))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await (await api.SignedInAsReaderOf(organization)).Put($"chirpstack/gateway/{id}", new { gateway = body })).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        Assert.Equal(["nestedValidation"], (await admin.Put($"chirpstack/gateway/{id}", new { })).Rules("gateway"));
    }

    [Fact]
    [Covers("DELETE /chirpstack/gateway/:gatewayId")]
    public async Task Delete_WhenGatewayAdmin_TakesItsHistory()
    {
        var organization = await api.AnOrganization();
        var id = await api.AGateway(organization);
        await AHistory(id, (1, true));
        (await (await api.SignedInAsApplicationAdminOf(organization)).Delete($"chirpstack/gateway/{id}")).Is(HttpStatusCode.Forbidden);
        (await (await api.SignedInAs(await api.AnOrganization(), PermissionType.OrganizationGatewayAdmin)).Delete($"chirpstack/gateway/{id}"))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        var admin = await api.SignedInAs(organization, PermissionType.OrganizationGatewayAdmin);

        Assert.Equal("""{"success":true}""", (await admin.Delete($"chirpstack/gateway/{id}")).Is(HttpStatusCode.OK).Text);

        (await admin.Delete($"chirpstack/gateway/{id}")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
    }

    [Fact]
    [Covers("GET /lorawan/gateway/status")]
    public async Task Statuses_WhenAskedFor_BeginWithWhatWasBefore()
    {
        var (own, other) = (await api.AnOrganization(), await api.AnOrganization());
        var (a, b) = (await api.AGateway(own), await api.AGateway(own));
        await AHistory(a, (200, false), (50, true), (2, false), (1, true));
        await AHistory(await api.AGateway(other), (1, true));
        var reader = await api.SignedInAsReaderOf(own);

        var day = (await reader.Get("lorawan/gateway/status?timeInterval=DAY&limit=10&offset=0")).Is(HttpStatusCode.OK);

        Assert.Equal(2, day["count"].GetInt32());
        Assert.Equal([a, b], day["data"].EnumerateArray().Select(g => g.GetProperty("id").GetString()!));
        Assert.Equal([false, true, true], States(day["data"][0])); // in the period, oldest first; then what was before
        Assert.Equal([], States(day["data"][1]));
        var start = day["data"][0].GetProperty("statusTimestamps")[2].GetProperty("timestamp").GetDateTimeOffset();
        Assert.InRange(DateTimeOffset.UtcNow - start, TimeSpan.FromDays(1), TimeSpan.FromDays(1.1));
        Assert.Equal([true, false, true, false], States((await reader.Get("lorawan/gateway/status?timeInterval=WEEK"))["data"][0]));
        Assert.Equal([false, true, false, true], States((await reader.Get("lorawan/gateway/status?timeInterval=MONTH"))["data"][0]));
        Assert.Equal(b, (await reader.Get("lorawan/gateway/status?limit=1&offset=1"))["data"][0].GetProperty("id").GetString());
        Assert.Equal(["isEnum"], (await reader.Get("lorawan/gateway/status?timeInterval=YEAR")).Rules("timeInterval"));
        (await reader.Get($"lorawan/gateway/status?organizationId={other}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await (await api.SignedInAsNobody()).Get("lorawan/gateway/status")).Is(HttpStatusCode.Forbidden);
        (await api.Anonymous().Get("lorawan/gateway/status")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("GET /lorawan/gateway/status/:id")]
    public async Task Status_WhenOfOneGateway_IsRefusedToOthers()
    {
        var organization = await api.AnOrganization();
        var id = await api.AGateway(organization);
        await AHistory(id, (50, true), (1, false));
        var reader = await api.SignedInAsReaderOf(organization);

        var status = (await reader.Get($"lorawan/gateway/status/{id.ToUpperInvariant()}?timeInterval=DAY")).Is(HttpStatusCode.OK);

        Assert.Equal(["id", "name", "statusTimestamps"], status.Json.EnumerateObject().Select(m => m.Name));
        Assert.Equal([false, true], States(status.Json));
        (await reader.Get("lorawan/gateway/status/0123")).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"Invalid gateway id","error":"Bad Request"}""");
        (await reader.Get($"lorawan/gateway/status/{ApiHost.Eui()}")).Is(HttpStatusCode.NotFound);
        (await (await api.SignedInAsNobody()).Get($"lorawan/gateway/status/{id}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await api.Anonymous().Get($"lorawan/gateway/status/{id}")).Is(HttpStatusCode.Unauthorized);
    }

    private static JsonObject Gateway(string id, string name) => new()
    {
        ["gatewayId"] = id,
        ["name"] = name,
        ["location"] = new JsonObject { ["longitude"] = 1, ["latitude"] = 2 },
        ["tagsString"] = "{}",
    };

    private static List<string> Ids(Answer list) =>
        [.. list.Is(HttpStatusCode.OK)["resultList"].EnumerateArray().Select(g => g.GetProperty("gatewayId").GetString()!)];

    private static List<bool> States(JsonElement gateway) =>
        [.. gateway.GetProperty("statusTimestamps").EnumerateArray().Select(s => s.GetProperty("wasOnline").GetBoolean())];

    private static JsonElement Nested(Answer answer, string property) => answer["message"].EnumerateArray().Single(f => Is(f, property));

    private static JsonElement Leaf(JsonElement failure, string property) => failure.GetProperty("children").EnumerateArray().Single(f => Is(f, property));

    private static bool Is(JsonElement failure, string property) => failure.GetProperty("property").GetString() == property;

    private static string[] Rules(JsonElement failure, string property) =>
        [.. Leaf(failure, property).GetProperty("constraints").EnumerateObject().Select(c => c.Name).Order()];

    private async Task Change(System.Linq.Expressions.Expression<Func<Gateway, bool>> which, Action<Gateway> change)
    {
        await using var db = api.Database.CreateContext();
        change(await db.Gateways.SingleAsync(which, TestContext.Current.CancellationToken));
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    private async Task AHistory(string gatewayId, params (int HoursAgo, bool WasOnline)[] changes)
    {
        await using var db = api.Database.CreateContext();
        var gateway = await db.Gateways.SingleAsync(g => g.GatewayId == gatewayId, TestContext.Current.CancellationToken);
        gateway.StatusHistory.AddRange(changes.Select(
            c => new GatewayStatus { At = DateTimeOffset.UtcNow.AddHours(-c.HoursAgo), WasOnline = c.WasOnline }));
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }
}
