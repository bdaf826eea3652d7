using System.Net;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class PermissionTests(ApiHost api)
{
    private static readonly string[] CoreMembers = ["id", "createdAt", "updatedAt", "name", "automaticallyAddNewApplications", "applicationIds"];

    [Fact]
    [Covers("POST /permission")]
    [Covers("GET /permission/:id")]
    public async Task Create_WhenComplete_OpensTheApplicationsToTheUsers()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var admin = await api.SignedInAsUserAdminOf(organization);
        var member = await api.SignedInAsReaderOf(organization);
        (await member.Get($"application/{application}")).Is(HttpStatusCode.Forbidden);

        var created = (await admin.Post("permission", new
        {
            name = "Readers",
            organizationId = organization,
            levels = new[] { new { type = "Read" } },
            userIds = new[] { member.UserId },
            applicationIds = new[] { application },
            automaticallyAddNewApplications = true,
        })).Is(HttpStatusCode.Created);

        Assert.Equal(Ordered([.. CoreMembers, "type", "organization", "users", "applications", "createdBy", "updatedBy"]), Members(created));
        Assert.Equal("Read", created["type"][0].GetProperty("type").GetString());
        Assert.Equal(organization, created["organization"].GetProperty("id").GetInt32());
        Assert.Equal(application, created["applications"][0].GetProperty("id").GetInt32());
        (await member.Get($"application/{application}")).Is(HttpStatusCode.OK);
        Assert.Equal(created.Id(), (await admin.Get($"permission/{created.Id()}")).Is(HttpStatusCode.OK)["id"].GetInt32());
    }

    [Fact]
    [Covers("POST /permission")]
    public async Task Create_WithTheRightOfGlobalAdministrators_IsRefusedToEverybody()
    {
        var organization = await api.AnOrganization();
        foreach (var client in new[] { await api.SignedInAsUserAdminOf(organization), await api.SignedInAsGlobalAdmin() })
        {
            var refused = (await client.Post("permission", Body(organization, "GlobalAdmin"))).Is(HttpStatusCode.BadRequest);
            var level = refused["message"][0].GetProperty("children")[0].GetProperty("children")[0];
            Assert.Equal("type", level.GetProperty("property").GetString());
            Assert.True(level.GetProperty("constraints").TryGetProperty("isEnum", out _));
        }
    }

    [Fact]
    [Covers("POST /permission")]
    public async Task Create_WhenSomethingIsWrong_SaysWhat()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsUserAdminOf(organization);

        Assert.Equal(["ArrayDistinct"], (await admin.Post("permission", Body(organization, "Read", "Read"))).Is(HttpStatusCode.BadRequest).Rules("levels"));
        Assert.Contains("MESSAGE.DUPLICATE-PERMISSION-TYPES", (await admin.Post("permission", Body(organization, "Read", "Read"))).Text, StringComparison.Ordinal);
        Assert.Equal(["arrayNotEmpty"], (await admin.Post("permission", Body(organization))).Is(HttpStatusCode.BadRequest).Rules("levels"));
        (await (await api.SignedInAsGlobalAdmin()).Post("permission", Body(int.MaxValue, "Read"))).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ORGANIZATION-DOES-NOT-EXISTS","error":"Bad Request"}""");
        (await (await api.SignedInAsReaderOf(organization)).Post("permission", Body(organization, "Read"))).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
    }

    [Fact]
    [Covers("POST /permission")]
    [Covers("PUT /permission/:id")]
    public async Task Change_WithApplicationsOrUsersOfOthers_IsRefused()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AWorld());
        var admin = await api.SignedInAsUserAdminOf(mine);
        var permission = await api.APermission(mine);
        const string Refused = """{"statusCode":400,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Bad Request"}""";

        foreach (var body in new object[]
        {
            new { name = "x", organizationId = mine, levels = new[] { new { type = "Read" } }, userIds = Array.Empty<int>(), applicationIds = new[] { other.Application } },
            new { name = "x", organizationId = mine, levels = new[] { new { type = "Read" } }, userIds = new[] { other.Member } },
        })
        {
            (await admin.Post("permission", body)).IsRefused(HttpStatusCode.BadRequest, Refused);
            (await admin.Put($"permission/{permission}", body)).IsRefused(HttpStatusCode.BadRequest, Refused);
        }
    }

    [Fact]
    [Covers("PUT /permission/:id")]
    public async Task Update_ReplacesApplicationsAlwaysAndUsersWhenSent()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var admin = await api.SignedInAsUserAdminOf(organization);
        var member = await api.SignedInAsReaderOf(organization);
        var id = await api.APermission(organization, [member.UserId], [application]);

        var updated = (await admin.Put($"permission/{id}", new { name = "Renamed" })).Is(HttpStatusCode.OK);

        Assert.Equal("Renamed", updated["name"].GetString());
        Assert.Empty(updated["applications"].EnumerateArray());
        Assert.Equal(member.UserId, updated["users"][0].GetProperty("id").GetInt32());
        Assert.Empty((await admin.Put($"permission/{id}", new { name = "Renamed", userIds = Array.Empty<int>() })).Is(HttpStatusCode.OK)["users"].EnumerateArray());

        // What it gives never changes.
        var same = (await admin.Put($"permission/{id}", new { name = "x", levels = new[] { new { type = "OrganizationUserAdmin" } } })).Is(HttpStatusCode.OK);
        Assert.Equal("Read", Assert.Single(same["type"].EnumerateArray()).GetProperty("type").GetString());
        (await admin.Put("permission/0", new { name = "x" })).IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"Not Found"}""");
    }

    [Fact]
    [Covers("PUT /permission/:id")]
    [Covers("GET /permission/:id")]
    [Covers("DELETE /permission/:id")]
    public async Task GlobalAdmin_IsForGlobalAdministratorsAndStays()
    {
        var global = await api.SignedInAsGlobalAdmin();
        var admin = await api.SignedInAsUserAdminOf(await api.AnOrganization());
        var id = await api.Database.ScalarAsync<int>($"SELECT permission_id FROM permission_types t JOIN permission_users u ON u.permissions_id = t.permission_id WHERE type = 'GlobalAdmin' AND u.users_id = {global.UserId}");

        (await admin.Get($"permission/{id}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await admin.Put($"permission/{id}", new { name = "x", userIds = new[] { admin.UserId } })).Is(HttpStatusCode.Forbidden);
        (await admin.Delete($"permission/{id}")).Is(HttpStatusCode.Forbidden);
        (await global.Get($"permission/{id}")).Is(HttpStatusCode.OK);
        (await global.Delete($"permission/{id}")).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"You cannot delete GlobalAdmin","error":"Bad Request"}""");
        (await global.Put($"permission/{id}", new { name = "GlobalAdmin", userIds = Array.Empty<int>() })).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Covers("DELETE /permission/:id")]
    public async Task Delete_WhenItHasUsersKeysAndApplications_TakesTheGroupOnly()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var admin = await api.SignedInAsUserAdminOf(organization);
        var id = await api.APermission(organization, [admin.UserId], [application]);
        var (_, key) = await api.AnApiKey(id);

        (await admin.Delete($"permission/{id}")).IsRefused(HttpStatusCode.OK, """{"affected":1}""");

        (await admin.Get($"permission/{id}")).IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"Not Found"}""");
        (await admin.Get($"application/{application}")).Is(HttpStatusCode.OK);
        (await (await api.SignedInAsGlobalAdmin()).Get($"api-key/{key}")).Is(HttpStatusCode.OK);
        (await admin.Delete("permission/0")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    [Covers("GET /permission")]
    public async Task List_ShowsGroupsOfManagedOrganizations()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var admin = await api.SignedInAsUserAdminOf(mine);
        var member = await api.SignedInAsReaderOf(mine);

        var all = (await admin.Get("permission?limit=1000&orderOn=name&sort=ASC&organisationId=undefined&userId=undefined")).Is(HttpStatusCode.OK);
        Assert.All(all["data"].EnumerateArray(), p => Assert.Equal(mine, p.GetProperty("organization").GetProperty("id").GetInt32()));
        Assert.Equal(Ordered([.. CoreMembers, "type", "organization", "users"]), all["data"][0].EnumerateObject().Select(m => m.Name).Order());

        var ofMember = (await admin.Get($"permission?organisationId={mine}&userId={member.UserId}")).Is(HttpStatusCode.OK);
        Assert.Equal(1, ofMember["count"].GetInt32());
        Assert.Equal(member.UserId, Assert.Single(ofMember["data"][0].GetProperty("users").EnumerateArray()).GetProperty("id").GetInt32());

        (await admin.Get($"permission?organisationId={other}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        Assert.Equal(0, (await member.Get("permission")).Is(HttpStatusCode.OK)["count"].GetInt32());
        Assert.Equal(0, (await (await api.SignedInAsNobody()).Get("permission")).Is(HttpStatusCode.OK)["count"].GetInt32());
    }

    [Theory]
    [InlineData("id")]
    [InlineData("name")]
    [InlineData("type")]
    [InlineData("organisations")]
    [InlineData("nonsense")]
    public async Task List_OrderedByEachColumn_Answers(string column)
    {
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.Get($"permission?limit=5&orderOn={column}&sort=DESC")).Is(HttpStatusCode.OK);
        (await admin.Get($"permission?limit=5&orderOn={column}")).Is(HttpStatusCode.OK);
    }

    [Fact]
    [Covers("GET /permission/:id/applications")]
    [Covers("GET /permission/:id/users")]
    public async Task Lists_OfAGroup_ShowItsApplicationsAndUsers()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        await api.ADevice(application);
        var admin = await api.SignedInAsUserAdminOf(organization);
        var id = await api.APermission(organization, [admin.UserId], [application]);

        var applications = (await admin.Get($"permission/{id}/applications?limit=10&offset=0&orderOn=updatedAt&sort=DESC")).Is(HttpStatusCode.OK);
        Assert.Equal(application, applications["data"][0].GetProperty("id").GetInt32());
        Assert.Single(applications["data"][0].GetProperty("iotDevices").EnumerateArray());
        var users = (await admin.Get($"permission/{id}/users")).Is(HttpStatusCode.OK);
        Assert.Equal(admin.UserId, users["data"][0].GetProperty("id").GetInt32());
        Assert.Equal(1, users["count"].GetInt32());
        (await admin.Get("permission/0/users")).Is(HttpStatusCode.NotFound);
        (await admin.Get("permission/0/applications")).Is(HttpStatusCode.NotFound);
    }

    private static object Body(int organizationId, params string[] types) =>
        new { name = "x", organizationId, levels = types.Select(type => new { type }).ToArray(), userIds = Array.Empty<int>() };

    private static IEnumerable<string> Members(Answer answer) => answer.Json.EnumerateObject().Select(m => m.Name).Order();

    private static IOrderedEnumerable<string> Ordered(string[] members) => members.Order();
}
