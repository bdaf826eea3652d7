using System.Net;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class UserTests(ApiHost api)
{
    private static readonly string[] CoreMembers =
    [
        "id", "createdAt", "updatedAt", "name", "email", "active", "lastLogin", "nameId", "awaitingConfirmation", "isSystemUser", "showWelcomeScreen",
        "expiresOn",
    ];

    [Fact]
    [Covers("POST /user")]
    public async Task Create_WhenComplete_MakesAUserWhoCanSignIn()
    {
        var admin = await api.SignedInAsUserAdminOf(await api.AnOrganization());
        var email = Email();

        var created = (await admin.Post("user", new { name = "Søren", email, password = "hunter2hunter2", active = true })).Is(HttpStatusCode.Created);

        Assert.Equal(Ordered([.. CoreMembers, "permissions", "requestedOrganizations", "createdBy", "updatedBy"]), Members(created));
        Assert.True(created["showWelcomeScreen"].GetBoolean());
        Assert.Equal(admin.UserId, created["createdBy"].GetInt32());
        Assert.DoesNotContain("assword", created.Text);
        (await api.Anonymous().Post("auth/login", new { username = email, password = "hunter2hunter2" })).Is(HttpStatusCode.Created);

        // Nobody has put the user anywhere yet: only the creator finds the user.
        (await admin.Get($"user/{created.Id()}")).Is(HttpStatusCode.OK);
        (await (await api.SignedInAsUserAdminOf(await api.AnOrganization())).Get($"user/{created.Id()}")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    [Covers("POST /user")]
    public async Task Create_WhenSomethingIsWrong_SaysWhat()
    {
        var admin = await api.SignedInAsUserAdminOf(await api.AnOrganization());
        var taken = await api.AUser(bcryptCost: 4);

        (await admin.Post("user", new { name = "x", email = taken, password = "long enough" })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.USER-ALREADY-EXISTS","error":"Bad Request"}""");
        var invalid = (await admin.Post("user", new { name = " ", email = "no", password = "short", expiresOn = "soon" })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(["isNotBlank"], invalid.Rules("name"));
        Assert.Equal(["isEmail"], invalid.Rules("email"));
        Assert.Equal(["minLength"], invalid.Rules("password"));
        Assert.Equal(["isDateString"], invalid.Rules("expiresOn"));
        Assert.DoesNotContain("short\"", invalid.Text);
    }

    [Fact]
    [Covers("POST /user")]
    public async Task Create_OfAGlobalAdministrator_IsForGlobalAdministrators()
    {
        var body = new { name = "x", email = Email(), password = "long enough", globalAdmin = true };
        var admin = await api.SignedInAsUserAdminOf(await api.AnOrganization());

        (await admin.Post("user", body)).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");

        var created = (await (await api.SignedInAsGlobalAdmin()).Post("user", body)).Is(HttpStatusCode.Created);
        Assert.NotEmpty(created["permissions"].EnumerateArray());
    }

    [Fact]
    [Covers("POST /user")]
    [Covers("GET /user")]
    [Covers("GET /user/minimal")]
    [Covers("GET /user/:id")]
    [Covers("PUT /user/:id")]
    [Covers("GET /user/awaitingUsers")]
    [Covers("PUT /user/rejectUser")]
    public async Task Users_WhenCallerManagesNone_AreRefusedByRole()
    {
        var organization = await api.AnOrganization();
        const string Refused = """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""";
        foreach (var client in new[] { await api.SignedInAsApplicationAdminOf(organization), await api.SignedInAsNobody() })
        {
            (await client.Get("user")).IsRefused(HttpStatusCode.Forbidden, Refused);
            (await client.Get("user/minimal")).IsRefused(HttpStatusCode.Forbidden, Refused);
            (await client.Get("user/1")).IsRefused(HttpStatusCode.Forbidden, Refused);
            (await client.Get("user/awaitingUsers")).IsRefused(HttpStatusCode.Forbidden, Refused);
            (await client.Post("user", new { })).IsRefused(HttpStatusCode.Forbidden, Refused);
            (await client.Put("user/1", new { })).IsRefused(HttpStatusCode.Forbidden, Refused);
            (await client.Put("user/rejectUser", new { })).IsRefused(HttpStatusCode.Forbidden, Refused);
        }
    }

    [Fact]
    [Covers("GET /user")]
    public async Task List_ShowsTheUsersOfOwnOrganizationsWithTheirGroupsThere()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var admin = await api.SignedInAsUserAdminOf(mine);
        var member = await api.SignedInAsReaderOf(mine);
        var elsewhere = await api.APermission(other, [member.UserId]);
        var stranger = await api.SignedInAsReaderOf(other);
        var (_, key) = await api.AnApiKey(await api.APermission(mine));

        var list = (await admin.Get("user?limit=1000&orderOn=name&sort=DESC")).Is(HttpStatusCode.OK);

        var ids = list["data"].EnumerateArray().Select(u => u.GetProperty("id").GetInt32()).ToList();
        Assert.Contains(member.UserId, ids);
        Assert.DoesNotContain(stranger.UserId, ids);
        Assert.Equal(2, list["count"].GetInt32());
        Assert.DoesNotContain(list["data"].EnumerateArray(), u => u.GetProperty("isSystemUser").GetBoolean());
        var shown = list["data"].EnumerateArray().Single(u => u.GetProperty("id").GetInt32() == member.UserId);
        Assert.Equal(Ordered([.. CoreMembers, "permissions"]), shown.EnumerateObject().Select(m => m.Name).Order());
        var groups = shown.GetProperty("permissions").EnumerateArray().ToList();
        Assert.Equal("Read", Assert.Single(groups).GetProperty("type")[0].GetProperty("type").GetString());
        Assert.DoesNotContain(groups, g => g.GetProperty("id").GetInt32() == elsewhere);
        Assert.True(key > 0);
    }

    [Fact]
    [Covers("GET /user/minimal")]
    public async Task ListMinimal_NamesColleaguesKeysAndAdministratorsOnly()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var admin = await api.SignedInAsUserAdminOf(mine);
        var stranger = await api.SignedInAsReaderOf(other);
        await api.AnApiKey(await api.APermission(mine));

        var users = (await admin.Get("user/minimal")).Is(HttpStatusCode.OK)["users"].EnumerateArray().ToList();

        Assert.All(users, u => Assert.Equal(Ordered(["id", "name"]), u.EnumerateObject().Select(m => m.Name).Order()));
        Assert.Contains(users, u => u.GetProperty("id").GetInt32() == admin.UserId);
        Assert.Contains(users, u => u.GetProperty("name").GetString()!.StartsWith("key ", StringComparison.Ordinal));
        Assert.DoesNotContain(users, u => u.GetProperty("id").GetInt32() == stranger.UserId);
    }

    [Fact]
    [Covers("GET /user/:id")]
    public async Task Get_WhenExtended_ShowsUsersTypesAndOrganizationOfEachGroup()
    {
        var mine = await api.AnOrganization();
        var admin = await api.SignedInAsUserAdminOf(mine);
        var member = await api.SignedInAsReaderOf(mine);

        var plain = (await admin.Get($"user/{member.UserId}?extendedInfo=false")).Is(HttpStatusCode.OK);
        var extended = (await admin.Get($"user/{member.UserId}?extendedInfo=true")).Is(HttpStatusCode.OK);

        Assert.Equal(Ordered([.. CoreMembers, "permissions", "requestedOrganizations", "createdBy", "updatedBy"]), Members(plain));
        Assert.False(plain["permissions"][0].TryGetProperty("users", out _));
        Assert.Equal(mine, extended["permissions"][0].GetProperty("organization").GetProperty("id").GetInt32());
        Assert.Equal(member.UserId, extended["permissions"][0].GetProperty("users")[0].GetProperty("id").GetInt32());
        Assert.Equal("Read", extended["permissions"][0].GetProperty("type")[0].GetProperty("type").GetString());
        (await admin.Get("user/0")).IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
        (await admin.Get("user/x")).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Covers("PUT /user/:id")]
    public async Task Update_WhenManaged_ChangesWhatWasSent()
    {
        var mine = await api.AnOrganization();
        var admin = await api.SignedInAsUserAdminOf(mine);
        var member = await api.SignedInAsReaderOf(mine);
        var email = Email();

        var updated = (await admin.Put($"user/{member.UserId}?observe=response", new { name = "New", email, password = "a new one", active = true, expiresOn = "2099-01-01" }))
            .Is(HttpStatusCode.OK);

        Assert.Equal("New", updated["name"].GetString());
        Assert.Equal("2099-01-01T00:00:00.000Z", updated["expiresOn"].GetString());
        Assert.Equal(admin.UserId, updated["updatedBy"].GetInt32());
        (await api.Anonymous().Post("auth/login", new { username = email, password = "a new one" })).Is(HttpStatusCode.Created);
        (await admin.Put($"user/{member.UserId}", new { name = "Newer", active = true })).Is(HttpStatusCode.OK);
        (await api.Anonymous().Post("auth/login", new { username = email, password = "a new one" })).Is(HttpStatusCode.Created);
    }

    [Fact]
    [Covers("PUT /user/:id")]
    public async Task Update_WhenSomethingIsWrong_SaysWhat()
    {
        var mine = await api.AnOrganization();
        var admin = await api.SignedInAsUserAdminOf(mine);
        var member = await api.SignedInAsReaderOf(mine);
        var taken = await api.AUser(bcryptCost: 4);
        var path = $"user/{member.UserId}";

        (await admin.Put(path, new { name = "x", email = taken })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.EMAIL-ALREADY-IN-USE","error":"Bad Request"}""");
        (await admin.Put(path, new { name = "x", password = "short" })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.PASSWORD-DOES-NOT-MEET-REQUIREMENTS","error":"Bad Request"}""");
        (await admin.Put(path, new { name = "x", globalAdmin = true })).Is(HttpStatusCode.Forbidden);
        (await admin.Put("user/0", new { name = "x" })).Is(HttpStatusCode.NotFound);
        Assert.Equal(["isString", "maxLength", "minLength", "isNotBlank"], (await admin.Put(path, new { active = true })).Is(HttpStatusCode.BadRequest).Rules("name").OrderBy(r => r == "isNotBlank"));
    }

    [Fact]
    [Covers("PUT /user/:id")]
    public async Task Update_OfSomebodyFromAnIdentityProvider_LeavesNameAndPassword()
    {
        var mine = await api.AnOrganization();
        var admin = await api.SignedInAsUserAdminOf(mine);
        var member = await api.SignedInAsReaderOf(mine);
        await api.Database.ExecuteAsync($"UPDATE users SET name_id = 'CN={Guid.NewGuid()}', name = 'Given' WHERE id = {member.UserId}");
        const string Refused = """{"statusCode":400,"message":"MESSAGE.CANNOT-MODIFY-ON-KOMBIT-USER","error":"Bad Request"}""";

        (await admin.Put($"user/{member.UserId}", new { name = "Mine", active = true })).IsRefused(HttpStatusCode.BadRequest, Refused);
        (await admin.Put($"user/{member.UserId}", new { name = "Given", password = "long enough" })).IsRefused(HttpStatusCode.BadRequest, Refused);
        Assert.False((await admin.Put($"user/{member.UserId}", new { name = "Given", active = false })).Is(HttpStatusCode.OK)["active"].GetBoolean());
    }

    [Fact]
    [Covers("PUT /user/:id")]
    public async Task Update_OfSomebodyWithASayElsewhere_IsRefused()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var admin = await api.SignedInAsUserAdminOf(mine);
        var both = await api.SignedInAsReaderOf(mine);
        await api.APermission(other, [both.UserId], null, PermissionType.OrganizationUserAdmin);
        var global = await api.SignedInAsGlobalAdmin();
        await api.APermission(mine, [global.UserId]);

        // Setting a password or an e-mail would be taking over what they may do elsewhere.
        foreach (var target in new[] { both.UserId, global.UserId })
        {
            (await admin.Put($"user/{target}", new { name = "x", email = Email(), password = "long enough" })).IsRefused(
                HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        }
    }

    [Fact]
    [Covers("PUT /user/:id")]
    public async Task Update_WithoutGlobalAdmin_TakesThatRightUnlessItIsTheLast()
    {
        var (admin, other) = (await api.SignedInAsGlobalAdmin(), await api.SignedInAsGlobalAdmin());

        Assert.Empty((await admin.Put($"user/{other.UserId}", new { name = "x", active = true })).Is(HttpStatusCode.OK)["permissions"].EnumerateArray());
        (await other.Get("organization")).Is(HttpStatusCode.Forbidden);

        await api.Database.ExecuteAsync(
            $"CREATE TABLE kept AS SELECT id FROM users WHERE active AND id <> {admin.UserId}; UPDATE users SET active = false WHERE id IN (SELECT id FROM kept)");
        try
        {
            var refused = (await admin.Put($"user/{admin.UserId}", new { name = "x", active = true })).Is(HttpStatusCode.BadRequest);
            Assert.Contains("last active global administrator", refused.Text, StringComparison.Ordinal);
            (await admin.Put($"user/{admin.UserId}", new { name = "x", active = false, globalAdmin = true })).Is(HttpStatusCode.BadRequest);
            (await admin.Get("organization")).Is(HttpStatusCode.OK);
        }
        finally
        {
            await api.Database.ExecuteAsync("UPDATE users SET active = true WHERE id IN (SELECT id FROM kept); DROP TABLE kept");
        }
    }

    [Theory]
    [InlineData("active = false")]
    [InlineData("expires_on = now() - interval '1 second'")]
    public async Task Access_WhenUserIsSwitchedOffOrExpired_EndsAtOnce(string change)
    {
        var client = await api.SignedInAsReaderOf(await api.AnOrganization());
        var email = await api.AUser(bcryptCost: 4);
        (await client.Get("application")).Is(HttpStatusCode.OK);

        await api.Database.ExecuteAsync($"UPDATE users SET {change} WHERE id = {client.UserId} OR email = '{email}'");

        (await client.Get("application")).IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");
        (await api.Anonymous().Post("auth/login", new { username = email, password = ApiHost.Password })).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("GET /user/organizationUsers/:organizationId")]
    public async Task ListOrganizationUsers_ShowsItsUsersAndHidesOthers()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var admin = await api.SignedInAsUserAdminOf(mine);

        var list = (await admin.Get($"user/organizationUsers/{mine}?orderOn=name&sort=ASC")).Is(HttpStatusCode.OK);

        Assert.Equal(admin.UserId, Assert.Single(list["data"].EnumerateArray()).GetProperty("id").GetInt32());
        Assert.Equal(CoreMembers.Order(), list["data"][0].EnumerateObject().Select(m => m.Name).Order());
        (await admin.Get($"user/organizationUsers/{other}")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
    }

    [Fact]
    [Covers("PUT /user/:id/hide-welcome")]
    public async Task HideWelcome_WhateverId_IsAboutTheCaller()
    {
        var reader = await api.SignedInAsReaderOf(await api.AnOrganization());
        var other = await api.SignedInAsReaderOf(await api.AnOrganization());
        await api.Database.ExecuteAsync($"UPDATE users SET show_welcome_screen = true WHERE id IN ({reader.UserId}, {other.UserId})");

        Assert.Equal("true", (await reader.Send(HttpMethod.Put, $"user/{other.UserId}/hide-welcome", null)).Is(HttpStatusCode.OK).Text);

        await using var db = api.Database.CreateContext();
        Assert.Equal(
            [other.UserId],
            await db.Users.Where(u => u.ShowWelcomeScreen && (u.Id == reader.UserId || u.Id == other.UserId)).Select(u => u.Id).ToListAsync(TestContext.Current.CancellationToken));
        (await (await api.SignedInAsNobody()).Put("user/1/hide-welcome", new { })).Is(HttpStatusCode.Forbidden);
    }

    private static string Email() => $"{Guid.NewGuid():N}@example.dk";

    private static IEnumerable<string> Members(Answer answer) => answer.Json.EnumerateObject().Select(m => m.Name).Order();

    private static IOrderedEnumerable<string> Ordered(string[] members) => members.Order();
}
