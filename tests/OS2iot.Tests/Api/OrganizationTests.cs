using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class OrganizationTests(ApiHost api)
{
    [Fact]
    [Covers("POST /organization")]
    public async Task Create_WhenNameIsFree_StartsWithThreePermissions()
    {
        var admin = await api.SignedInAsGlobalAdmin();
        var name = ApiHost.Name("Søby");

        var created = (await admin.Post("organization", new { name, unknown = 1 })).Is(HttpStatusCode.Created);

        Assert.Equal(name, created["name"].GetString());
        Assert.False(created["openDataDkRegistered"].GetBoolean());
        Assert.Equal(admin.UserId, created["createdBy"].GetInt32());
        await using var db = api.Database.CreateContext();
        var permissions = await db.Permissions.Include(p => p.Types).Where(p => p.OrganizationId == created.Id()).OrderBy(p => p.Id)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            [$"{name} - Læserettigheder", $"{name} - Applikationsadministrator", $"{name} - Organisationsadministrator"], permissions.Select(p => p.Name));
        Assert.Equal([true, true, false], permissions.Select(p => p.AutomaticallyAddNewApplications));
        Assert.Equal([1, 2, 4], permissions.Select(p => p.Types.Count));
    }

    [Fact]
    [Covers("POST /organization")]
    public async Task Create_WhenNameIsTaken_IsRefused()
    {
        var admin = await api.SignedInAsGlobalAdmin();
        var name = ApiHost.Name("organization");
        (await admin.Post("organization", new { name })).Is(HttpStatusCode.Created);

        (await admin.Post("organization", new { name })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ORGANIZATION-ALREADY-EXISTS","error":"Bad Request"}""");
    }

    [Fact]
    [Covers("PUT /organization/:id")]
    public async Task Update_WhenThere_Renames()
    {
        var admin = await api.SignedInAsGlobalAdmin();
        var (id, other) = (await api.AnOrganization(), ApiHost.Name("other"));
        (await admin.Post("organization", new { name = other })).Is(HttpStatusCode.Created);

        Assert.Equal("New æ", (await admin.Put($"organization/{id}", new { name = "New æ" })).Is(HttpStatusCode.OK)["name"].GetString());
        (await admin.Put($"organization/{id}", new { name = other })).Is(HttpStatusCode.BadRequest);
        (await admin.Put("organization/0", new { name = "x" })).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    [Covers("DELETE /organization/:id")]
    public async Task Delete_WhenItHasEverything_TakesAllOfIt()
    {
        var admin = await api.SignedInAsGlobalAdmin();
        var world = await api.AWorld();
        await api.SignedInAsReaderOf(world.Organization, world.Application);

        Assert.Equal(1, (await admin.Delete($"organization/{world.Organization}")).Is(HttpStatusCode.OK)["affected"].GetInt32());

        (await admin.Get($"iot-device/{world.Device}")).Is(HttpStatusCode.NotFound);
        (await admin.Delete($"organization/{world.Organization}")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"Not Found"}""");
    }

    [Fact]
    [Covers("GET /organization")]
    [Covers("GET /organization/:id")]
    [Covers("POST /organization")]
    public async Task List_WhenUserAdmin_ShowsOwnOrganizationsOnly()
    {
        var world = await api.AWorld();
        var other = await api.AnOrganization();
        var userAdmin = await api.SignedInAsUserAdminOf(world.Organization);

        var list = (await userAdmin.Get("organization?limit=10&orderOn=name&sort=desc")).Is(HttpStatusCode.OK);

        Assert.Equal(1, list["count"].GetInt32());
        Assert.Equal(world.Organization, list["data"][0].GetProperty("id").GetInt32());
        Assert.Equal(world.Application, list["data"][0].GetProperty("applications")[0].GetProperty("id").GetInt32());
        var groups = (await userAdmin.Get($"organization/{world.Organization}")).Is(HttpStatusCode.OK)["permissions"].EnumerateArray();
        Assert.Equal(3, groups.Count(p => p.GetProperty("name").GetString()!.Contains(" - ", StringComparison.Ordinal)));
        (await userAdmin.Get($"organization/{other}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await userAdmin.Post("organization", new { name = "x" })).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    [Covers("GET /organization/minimal")]
    public async Task Minimal_WhenReader_NamesAll()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var reader = await api.SignedInAs(mine, PermissionType.Read);

        var ids = (await reader.Get("organization/minimal")).Is(HttpStatusCode.OK)["data"].EnumerateArray().Select(o => o.GetProperty("id").GetInt32()).ToList();

        Assert.Contains(mine, ids);
        Assert.Contains(other, ids);
    }

    [Fact]
    [Covers("POST /organization")]
    [Covers("PUT /organization/:id")]
    [Covers("DELETE /organization/:id")]
    [Covers("GET /organization")]
    [Covers("GET /organization/minimal")]
    [Covers("GET /organization/:id")]
    public async Task Endpoints_WhenNotAllowedOrWrong_AreRefused()
    {
        var organization = await api.AnOrganization();
        var (admin, userAdmin) = (await api.SignedInAsGlobalAdmin(), await api.SignedInAsUserAdminOf(organization));
        var (reader, nobody) = (await api.SignedInAsReaderOf(organization), await api.SignedInAsNobody());
        const string WrongRole = """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""";

        (await userAdmin.Post("organization", new { name = "x" })).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await userAdmin.Put($"organization/{organization}", new { name = "x" })).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await userAdmin.Delete($"organization/{organization}")).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await reader.Get("organization")).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await reader.Get($"organization/{organization}")).IsRefused(HttpStatusCode.Forbidden, WrongRole);
        (await nobody.Get("organization/minimal")).IsRefused(HttpStatusCode.Forbidden, WrongRole);

        Assert.Equal(["isString"], (await admin.Put($"organization/{organization}", new { name = 1 })).Is(HttpStatusCode.BadRequest).Rules("name").Intersect(["isString"]));
        Assert.Equal(["isNotBlank"], (await admin.Post("organization", new { name = " " })).Is(HttpStatusCode.BadRequest).Rules("name"));
        (await admin.Get("organization/0")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
        (await admin.Put("organization/0", new { name = "x" })).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
        (await admin.Get("organization?orderOn=lastLogin&sort=ASC")).Is(HttpStatusCode.OK);
        foreach (var call in new[] { api.Anonymous().Get("organization"), api.Anonymous().Get("organization/minimal"), api.Anonymous().Delete($"organization/{organization}") })
        {
            (await call).IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");
        }
    }

    [Fact]
    public async Task Quota_WhenGlobalAdministratorSetsIt_IsShownWithWhatWasSent()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsGlobalAdmin();
        await api.Database.ExecuteAsync(
            $"INSERT INTO organization_usage VALUES ({organization}, (now() AT TIME ZONE 'UTC')::date, 42), ({organization}, '2020-01-01', 7)");

        var answer = (await admin.Put($"organization/{organization}/quota", new { messagesPerMinute = 100, messagesPerDay = 5000 })).Is(HttpStatusCode.OK);

        Assert.Equal((100, 5000, 42), (answer["messagesPerMinute"].GetInt32(), answer["messagesPerDay"].GetInt32(), answer["messagesToday"].GetInt32()));
        (await admin.Put($"organization/{organization}/quota", new { messagesPerDay = 0 })).Is(HttpStatusCode.BadRequest);
        (await admin.Put("organization/0/quota", new { messagesPerDay = 1 })).Is(HttpStatusCode.NotFound);
        (await (await api.SignedInAsUserAdminOf(organization)).Put($"organization/{organization}/quota", new { messagesPerDay = 1 })).Is(HttpStatusCode.Forbidden);
        Assert.Equal(JsonValueKind.Null, (await admin.Put($"organization/{organization}/quota", new { })).Is(HttpStatusCode.OK)["messagesPerDay"].ValueKind);
    }

    [Fact]
    public async Task HistoryRetention_WhenUserAdministratorChooses_IsKeptWithinTheInstallationsBounds()
    {
        var (organization, other) = (await api.AnOrganization(), await api.AnOrganization());
        var userAdmin = await api.SignedInAsUserAdminOf(organization);

        Assert.Equal(30, (await userAdmin.Put($"organization/{organization}/history-retention", new { historyRetentionDays = 30 }))
            .Is(HttpStatusCode.OK)["historyRetentionDays"].GetInt32());
        (await userAdmin.Put($"organization/{organization}/history-retention", new { historyRetentionDays = 91 })).Is(HttpStatusCode.BadRequest);
        (await userAdmin.Put($"organization/{organization}/history-retention", new { historyRetentionDays = 0 })).Is(HttpStatusCode.BadRequest);
        (await userAdmin.Put($"organization/{organization}/history-retention", new { historyRetentionDays = 1.5 })).Is(HttpStatusCode.BadRequest);
        (await userAdmin.Put($"organization/{other}/history-retention", new { historyRetentionDays = 1 })).Is(HttpStatusCode.Forbidden);
        (await (await api.SignedInAsReaderOf(organization)).Put($"organization/{organization}/history-retention", new { historyRetentionDays = 1 }))
            .Is(HttpStatusCode.Forbidden);
        Assert.Equal(JsonValueKind.Null, (await (await api.SignedInAsGlobalAdmin()).Put(
            $"organization/{organization}/history-retention", new { historyRetentionDays = (int?)null })).Is(HttpStatusCode.OK)["historyRetentionDays"].ValueKind);
    }
}
