using System.Net;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class ApiKeyTests(ApiHost api)
{
    private const string WrongKey = """{"statusCode":401,"message":"MESSAGE.API-KEY-AUTH-FAILED","error":"Unauthorized"}""";

    private const string Unauthorized = """{"statusCode":401,"message":"Unauthorized"}""";

    [Fact]
    [Covers("POST /api-key")]
    public async Task Create_WhenComplete_ShowsTheKeyOnce()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsUserAdminOf(organization);
        var permission = await api.APermission(organization);

        var created = (await admin.Post("api-key", new { name = "Warehouse", permissionIds = new[] { permission }, expiresOn = "2099-01-01T00:00:00Z" }))
            .Is(HttpStatusCode.Created);

        Assert.Equal(Ordered(["id", "createdAt", "updatedAt", "key", "name", "expiresOn", "previousKeyExpiresOn", "lastUsedAt", "permissions", "createdBy", "updatedBy", "systemUser"]),
            created.Json.EnumerateObject().Select(m => m.Name).Order());
        var key = created["key"].GetString()!;
        Assert.StartsWith("os2iot_", key, StringComparison.Ordinal);
        Assert.Equal(50, key.Length);
        Assert.Equal("no-store", created.Headers.CacheControl!.ToString());
        Assert.True(created["systemUser"].GetProperty("isSystemUser").GetBoolean());
        Assert.False(created["systemUser"].GetProperty("active").GetBoolean());
        Assert.DoesNotContain("assword", created.Text);

        foreach (var path in new[] { $"api-key/{created.Id()}", $"api-key?organizationId={organization}" })
        {
            var shown = (await admin.Get(path)).Is(HttpStatusCode.OK).Text;
            Assert.DoesNotContain(key, shown, StringComparison.Ordinal);
            Assert.Contains(key[..11] + "…", shown, StringComparison.Ordinal);
        }

        Assert.Equal(0, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM api_keys k WHERE k::text LIKE '%{key}%'"));
        Assert.Equal(0, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM audit_entries e WHERE e::text LIKE '%{key}%'"));
    }

    [Fact]
    [Covers("POST /api-key")]
    public async Task Create_WhenSomethingIsWrong_SaysWhat()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var admin = await api.SignedInAsUserAdminOf(mine);
        var (own, foreign) = (await api.APermission(mine), await api.APermission(other));
        var global = await api.Database.ScalarAsync<int>("SELECT permission_id FROM permission_types WHERE type = 'GlobalAdmin' LIMIT 1");

        Assert.Equal(["arrayNotEmpty"], (await admin.Post("api-key", new { name = "xx", permissionIds = Array.Empty<int>() })).Is(HttpStatusCode.BadRequest).Rules("permissionIds"));
        Assert.Equal(["arrayUnique"], (await admin.Post("api-key", new { name = "xx", permissionIds = new[] { own, own } })).Is(HttpStatusCode.BadRequest).Rules("permissionIds"));
        Assert.Equal(["minLength"], (await admin.Post("api-key", new { name = "x", permissionIds = new[] { own } })).Is(HttpStatusCode.BadRequest).Rules("name"));
        (await admin.Post("api-key", new { name = "xx", permissionIds = new[] { own, foreign } })).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await admin.Post("api-key", new { name = "xx", permissionIds = new[] { int.MaxValue } })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Bad Request"}""");
        (await (await api.SignedInAsReaderOf(mine)).Post("api-key", new { name = "xx", permissionIds = new[] { own } })).Is(HttpStatusCode.Forbidden);

        // A key that may do everything must never come about, not even by a global administrator's hand.
        (await (await api.SignedInAsGlobalAdmin()).Post("api-key", new { name = "xx", permissionIds = new[] { global } })).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    [Covers("PUT /api-key/:id")]
    public async Task Update_NeedsTheOldGroupsAndTheNew()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var admin = await api.SignedInAsUserAdminOf(mine);
        var (own, second, foreign) = (await api.APermission(mine), await api.APermission(mine), await api.APermission(other));
        var (client, key) = await api.AnApiKey(own);
        var (_, foreignKey) = await api.AnApiKey(foreign);

        var updated = (await admin.Put($"api-key/{key}", new { name = "Renamed", permissionIds = new[] { second } })).Is(HttpStatusCode.OK);
        Assert.Equal("Renamed", updated["systemUser"].GetProperty("name").GetString());
        Assert.Equal(second, Assert.Single(updated["permissions"].EnumerateArray()).GetProperty("id").GetInt32());
        (await client.Get("application")).Is(HttpStatusCode.OK);

        (await admin.Put($"api-key/{foreignKey}", new { name = "mine", permissionIds = new[] { own } })).Is(HttpStatusCode.Forbidden);
        (await admin.Put($"api-key/{key}", new { name = "mine", permissionIds = new[] { foreign } })).Is(HttpStatusCode.Forbidden);
        (await admin.Put("api-key/0", new { name = "xx", permissionIds = new[] { own } })).Is(HttpStatusCode.NotFound);
        (await admin.Put($"api-key/{key}", new { name = "x" })).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    [Covers("DELETE /api-key/:id")]
    public async Task Delete_EndsAccessAtOnceAndKeepsTheAuthor()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsUserAdminOf(organization);
        var (client, key) = await api.AnApiKey(await api.APermission(organization));
        var author = await api.Database.ScalarAsync<int>($"SELECT system_user_id FROM api_keys WHERE id = {key}");
        (await client.Get("application")).Is(HttpStatusCode.OK);
        (await (await api.SignedInAsUserAdminOf(await api.AnOrganization())).Delete($"api-key/{key}")).Is(HttpStatusCode.Forbidden);

        (await admin.Delete($"api-key/{key}")).IsRefused(HttpStatusCode.OK, """{"affected":1}""");

        (await client.Get("application")).IsRefused(HttpStatusCode.Unauthorized, WrongKey);
        Assert.Equal(1, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM users WHERE id = {author}"));
        (await admin.Delete($"api-key/{key}")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    [Covers("GET /api-key")]
    [Covers("GET /api-key/:id")]
    public async Task Read_IsForThoseWhoManageTheOrganization()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var admin = await api.SignedInAsUserAdminOf(mine);
        var (_, key) = await api.AnApiKey(await api.APermission(mine), await api.APermission(other));
        var (_, own) = await api.AnApiKey(await api.APermission(mine));

        var list = (await admin.Get($"api-key?organizationId={mine}&orderOn=name&sort=DESC")).Is(HttpStatusCode.OK);
        Assert.Equal(2, list["count"].GetInt32());
        Assert.Equal(Ordered(["id", "createdAt", "updatedAt", "key", "name", "expiresOn", "previousKeyExpiresOn", "lastUsedAt", "permissions"]), list["data"][0].EnumerateObject().Select(m => m.Name).Order());
        Assert.All(
            list["data"].EnumerateArray().SelectMany(k => k.GetProperty("permissions").EnumerateArray()),
            p => Assert.Equal(mine, p.GetProperty("organization").GetProperty("id").GetInt32()));
        (await admin.Get($"api-key/{own}")).Is(HttpStatusCode.OK);

        (await admin.Get($"api-key/{key}")).Is(HttpStatusCode.Forbidden); // reaches into another organization, too
        (await admin.Get("api-key")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await admin.Get($"api-key?organizationId={other}")).Is(HttpStatusCode.Forbidden);
        (await admin.Get("api-key/0")).Is(HttpStatusCode.NotFound);
        (await (await api.SignedInAsReaderOf(mine)).Get($"api-key?organizationId={mine}")).IsRefused(
            HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
    }

    [Fact]
    [Covers("GET /api-key-info/organization")]
    public async Task Organization_OfTheKey_IsTheOnlyOneItReads()
    {
        var (mine, other) = (await api.AnOrganization(), await api.AnOrganization());
        var (client, _) = await api.AnApiKey(await api.APermission(mine));
        var (both, _) = await api.AnApiKey(await api.APermission(mine), await api.APermission(other));

        var organization = (await client.Get("api-key-info/organization")).Is(HttpStatusCode.OK);
        Assert.Equal(mine, organization["id"].GetInt32());
        Assert.Equal(Ordered(["id", "createdAt", "updatedAt", "name", "openDataDkRegistered"]), organization.Json.EnumerateObject().Select(m => m.Name).Order());
        (await both.Get("api-key-info/organization")).IsRefused(HttpStatusCode.BadRequest, """{"statusCode":400,"message":"Bad Request"}""");
        (await api.Anonymous().Get("api-key-info/organization")).IsRefused(HttpStatusCode.Unauthorized, Unauthorized);
        (await (await api.SignedInAsReaderOf(mine)).Get("api-key-info/organization")).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Key_WhenSent_OpensDataAndSignsWhatItWrites()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var (client, key) = await api.AnApiKey(await api.APermission(organization, null, [application], PermissionType.OrganizationApplicationAdmin));

        var device = (await client.Post("iot-device", new { name = "by key", type = "GENERIC_HTTP", applicationId = application })).Is(HttpStatusCode.Created);

        await using var db = api.Database.CreateContext();
        var stored = await db.ApiKeys.SingleAsync(k => k.Id == key, TestContext.Current.CancellationToken);
        Assert.Equal(stored.SystemUserId, device["createdBy"].GetInt32());
        Assert.NotNull(stored.LastUsedAt);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("organization")]
    [InlineData("organization/minimal")]
    [InlineData("permission")]
    [InlineData("api-key")]
    [InlineData("kombitCreation/minimal")]
    [InlineData("auth/profile")]
    [InlineData("audit-log")]
    public async Task Key_WhereItOpensNothing_IsAsNoKey(string path)
    {
        var (client, _) = await api.AnApiKey(await api.APermission(await api.AnOrganization(), null, null, PermissionType.OrganizationUserAdmin));

        (await client.Get(path)).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Key_WhenUnknownOrExpired_IsRefusedUnlessATokenComesAlong()
    {
        var organization = await api.AnOrganization();
        var (client, key) = await api.AnApiKey(await api.APermission(organization));
        await api.Database.ExecuteAsync($"UPDATE api_keys SET expires_on = now() - interval '1 second' WHERE id = {key}");
        (await client.Get("application")).IsRefused(HttpStatusCode.Unauthorized, WrongKey);

        var unknown = api.Anonymous();
        unknown.ApiKey = Guid.NewGuid().ToString();
        (await unknown.Get("application")).IsRefused(HttpStatusCode.Unauthorized, WrongKey);
        unknown.ApiKey = new string('x', 5000);
        (await unknown.Get("application")).IsRefused(HttpStatusCode.Unauthorized, WrongKey);

        var reader = await api.SignedInAsReaderOf(organization);
        reader.ApiKey = Guid.NewGuid().ToString();
        (await reader.Get("application")).Is(HttpStatusCode.OK);

        var (good, _) = await api.AnApiKey(await api.APermission(organization));
        good.Token = "no.such.token";
        (await good.Get("application")).Is(HttpStatusCode.OK);
        good.ApiKey = null;
        (await good.Get("application")).IsRefused(HttpStatusCode.Unauthorized, Unauthorized);
    }

    [Fact]
    public async Task Key_ThatWasGivenTheGlobalGroup_GetsNothingFromIt()
    {
        var (client, key) = await api.AnApiKey(await api.APermission(await api.AnOrganization()));
        var victim = await api.AnApplication(await api.AnOrganization());
        await api.Database.ExecuteAsync(
            $"INSERT INTO api_key_permissions (api_keys_id, permissions_id) SELECT {key}, permission_id FROM permission_types WHERE type = 'GlobalAdmin' LIMIT 1");

        (await client.Get($"application/{victim}")).Is(HttpStatusCode.Forbidden);
    }

    private static IOrderedEnumerable<string> Ordered(string[] members) => members.Order();
}
