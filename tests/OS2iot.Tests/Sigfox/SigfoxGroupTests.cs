using System.Net;
using System.Text.Json;
using OS2iot.Simulator.Sigfox;
using OS2iot.Tests.Api;

namespace OS2iot.Tests.Sigfox;

/// <summary>Has an Api of its own, because it makes Sigfox fail for everybody.</summary>
[Trait("Category", "Contract")]
public sealed class SigfoxGroupTests(Fakes.PostgreSql postgres) : IAsyncLifetime
{
    private readonly ApiHost _api = new(postgres);

    public ValueTask InitializeAsync() => _api.InitializeAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    [Covers("POST /sigfox-group")]
    [Covers("GET /sigfox-group")]
    [Covers("GET /sigfox-group/:id")]
    public async Task Group_WhenCreated_IsShownWithoutItsPassword()
    {
        var organization = await _api.AnOrganization();
        var admin = await _api.SignedInAsApplicationAdminOf(organization);
        var user = _api.Sigfox.Cloud.AddUser("first", FakeSigfox.Password);

        var created = (await admin.Post("sigfox-group", new { organizationId = organization, username = "first", password = FakeSigfox.Password }))
            .Is(HttpStatusCode.Created);

        var reader = await _api.SignedInAsReaderOf(organization);
        var list = (await reader.Get($"sigfox-group?organizationId={organization}")).Is(HttpStatusCode.OK);
        var single = (await reader.Get($"sigfox-group/{created.Id()}")).Is(HttpStatusCode.OK);
        Assert.Equal(1, list["count"].GetInt32());
        foreach (var group in new[] { created.Json, list["data"][0], single.Json })
        {
            Assert.Equal(
                ["belongsTo", "createdAt", "createdBy", "id", "sigfoxGroupData", "sigfoxGroupId", "updatedAt", "updatedBy", "username"],
                group.EnumerateObject().Select(m => m.Name).Order());
            Assert.Equal(("first", (string)user.Group["id"]!), (group.GetProperty("username").GetString(), group.GetProperty("sigfoxGroupId").GetString()));
            Assert.Equal("Group of first", group.GetProperty("sigfoxGroupData").GetProperty("name").GetString());
            Assert.Equal(organization, group.GetProperty("belongsTo").GetProperty("id").GetInt32());
        }

        Assert.Equal(admin.UserId, created["createdBy"].GetInt32());
        Assert.DoesNotContain(FakeSigfox.Password, created.Text + list.Text + single.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            FakeSigfox.Password,
            await _api.Database.ScalarAsync<string>($"SELECT password_ciphertext || (SELECT coalesce(string_agg(after::text, ''), '') FROM audit_entries) FROM sigfox_groups WHERE id = {created.Id()}"),
            StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /sigfox-group")]
    public async Task Create_WhenRefused_SaysWhy()
    {
        var organization = await _api.AnOrganization();
        var admin = await _api.SignedInAsApplicationAdminOf(organization);
        _api.Sigfox.Cloud.AddUser("second", FakeSigfox.Password);
        var body = new { organizationId = organization, username = "second", password = FakeSigfox.Password };

        (await admin.Post("sigfox-group", new { body.organizationId, body.username, password = "wrong-secret" }))
            .IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"MESSAGE.SIGFOX-BAD-LOGIN","error":"Unauthorized"}""");
        (await admin.Post("sigfox-group", body)).Is(HttpStatusCode.Created);
        (await admin.Post("sigfox-group", body)).IsRefused(
            HttpStatusCode.BadRequest,
            """{"statusCode":400,"message":"MESSAGE.GROUP-CAN-ONLY-BE-CREATED-ONCE-PR-ORGANIZATION","error":"Bad Request"}""");
        (await (await _api.SignedInAsGlobalAdmin()).Post("sigfox-group", new { organizationId = 2_000_000_000, username = "second", password = "x" })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ORGANIZATION-DOES-NOT-EXISTS","error":"Bad Request"}""");
        (await admin.Post("sigfox-group", new { organizationId = await _api.AnOrganization(), username = "second", password = "x" }))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await (await _api.SignedInAsReaderOf(organization)).Post("sigfox-group", body))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await _api.Anonymous().Post("sigfox-group", body)).IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");

        var invalid = (await admin.Post("sigfox-group", new { organizationId = "1", username = 1 })).Is(HttpStatusCode.BadRequest);
        Assert.Contains("isString", invalid.Rules("username"));
        Assert.Contains("isString", invalid.Rules("password"));
        Assert.Contains("isNumber", invalid.Rules("organizationId"));
        Assert.Equal(["matches"], (await admin.Post("sigfox-group", new { organizationId = organization, username = "a:b", password = "x" })).Rules("username"));
    }

    [Fact]
    [Covers("POST /sigfox-group")]
    public async Task Create_WhenSigfoxIsLimitedOrAway_SaysSoAndSavesNothing()
    {
        var organization = await _api.AnOrganization();
        var admin = await _api.SignedInAsApplicationAdminOf(organization);
        var body = new { organizationId = organization, username = _api.Sigfox.Cloud.AddUser("limited", FakeSigfox.Password).Username, password = FakeSigfox.Password };

        _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 503 };
        (await admin.Post("sigfox-group", body)).IsRefused(
            HttpStatusCode.ServiceUnavailable,
            """{"statusCode":503,"message":"SigFox can't answer now. Try again later.","error":"Service Unavailable"}""");
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 429, RetryAfter = 7 };
        var limited = await admin.Post("sigfox-group", body);

        limited.IsRefused(
            HttpStatusCode.TooManyRequests,
            """{"statusCode":429,"message":"SigFox requests are limited. Try again in 7 seconds.","error":"Too Many Requests"}""");
        Assert.Equal(TimeSpan.FromSeconds(7), limited.Headers.RetryAfter?.Delta);
        Assert.Equal(0, await _api.Database.ScalarAsync<long>($"SELECT count(*) FROM sigfox_groups WHERE organization_id = {organization}"));
    }

    [Fact]
    [Covers("GET /sigfox-group")]
    [Covers("GET /sigfox-group/:id")]
    public async Task Groups_WhenSigfoxIsAway_AreShownWithoutWhatItTellsAndWithoutThePassword()
    {
        var organization = await _api.AnOrganization();
        var group = await _api.ASigfoxGroup(organization);
        var reader = await _api.SignedInAsReaderOf(organization);

        foreach (var status in new[] { 500, 401, 429 })
        {
            _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = status };
            var list = (await reader.Get($"sigfox-group?organizationId={organization}")).Is(HttpStatusCode.OK);
            var single = (await reader.Get($"sigfox-group/{group}")).Is(HttpStatusCode.OK);

            Assert.Equal(JsonValueKind.Null, list["data"][0].GetProperty("sigfoxGroupData").ValueKind);
            Assert.Equal(JsonValueKind.Null, single["sigfoxGroupData"].ValueKind);
            Assert.NotEqual("", single["sigfoxGroupId"].GetString());
            Assert.DoesNotContain("assword", list.Text + single.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Covers("GET /sigfox-group")]
    [Covers("GET /sigfox-group/:id")]
    public async Task Groups_WhenOfAnotherOrganizationOrUnknown_AreRefused()
    {
        var organization = await _api.AnOrganization();
        var group = await _api.ASigfoxGroup(organization);
        var other = await _api.SignedInAsReaderOf(await _api.AnOrganization());

        (await other.Get($"sigfox-group?organizationId={organization}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await other.Get($"sigfox-group/{group}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await other.Get("sigfox-group/0")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
        Assert.Equal(["isNumber"], (await other.Get("sigfox-group")).Is(HttpStatusCode.BadRequest).Rules("organizationId"));
        (await (await _api.SignedInAsNobody()).Get($"sigfox-group?organizationId={organization}"))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await _api.Anonymous().Get($"sigfox-group/{group}")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("GET /sigfox-group")]
    public async Task Groups_WhenTheIdAtSigfoxWasNotKnown_RememberIt()
    {
        var organization = await _api.AnOrganization();
        var group = await _api.ASigfoxGroup(organization);
        await _api.Database.ExecuteAsync($"UPDATE sigfox_groups SET sigfox_group_id = '' WHERE id = {group}");
        var reader = await _api.SignedInAsReaderOf(organization);

        (await reader.Get($"sigfox-group?organizationId={organization}")).Is(HttpStatusCode.OK);

        Assert.Equal(24, (await _api.Database.ScalarAsync<string>($"SELECT sigfox_group_id FROM sigfox_groups WHERE id = {group}")).Length);
    }

    [Fact]
    [Covers("PUT /sigfox-group/:id")]
    public async Task Update_WhenTheLoginIsGood_ReplacesIt()
    {
        var organization = await _api.AnOrganization();
        var group = await _api.ASigfoxGroup(organization);
        var admin = await _api.SignedInAsApplicationAdminOf(organization);
        _api.Sigfox.Cloud.AddUser("renamed", "another-password");

        var updated = (await admin.Put($"sigfox-group/{group}", new { username = "renamed", password = "another-password" })).Is(HttpStatusCode.OK);

        Assert.Equal(("renamed", "Group of renamed"), (updated["username"].GetString(), updated["sigfoxGroupData"].GetProperty("name").GetString()));
        (await admin.Get($"sigfox-contract?groupId={group}")).Is(HttpStatusCode.OK);
    }

    [Fact]
    [Covers("PUT /sigfox-group/:id")]
    public async Task Update_WhenRefused_KeepsTheLogin()
    {
        var organization = await _api.AnOrganization();
        var group = await _api.ASigfoxGroup(organization);
        var admin = await _api.SignedInAsApplicationAdminOf(organization);
        var body = new { username = "nobody", password = "wrong" };

        (await admin.Put($"sigfox-group/{group}", body))
            .IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"MESSAGE.SIGFOX-BAD-LOGIN","error":"Unauthorized"}""");
        (await admin.Put("sigfox-group/0", body)).IsRefused(HttpStatusCode.NotFound, """{"statusCode":404,"message":"Not Found"}""");
        (await (await _api.SignedInAsApplicationAdminOf(await _api.AnOrganization())).Put($"sigfox-group/{group}", body))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await (await _api.SignedInAsReaderOf(organization)).Put($"sigfox-group/{group}", body))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await _api.Anonymous().Put($"sigfox-group/{group}", body)).Is(HttpStatusCode.Unauthorized);
        Assert.Contains("isString", (await admin.Put($"sigfox-group/{group}", new { })).Is(HttpStatusCode.BadRequest).Rules("password"));

        (await admin.Get($"sigfox-contract?groupId={group}")).Is(HttpStatusCode.OK);
    }

    [Fact]
    [Covers("POST /sigfox-group/test-connection")]
    public async Task TestConnection_WhenAsked_SaysWhetherTheLoginIsGood()
    {
        var organization = await _api.AnOrganization();
        var admin = await _api.SignedInAsApplicationAdminOf(organization);
        _api.Sigfox.Cloud.AddUser("tested", FakeSigfox.Password);
        var good = new { organizationId = organization, username = "tested", password = FakeSigfox.Password };

        (await admin.Post("sigfox-group/test-connection", good)).IsRefused(HttpStatusCode.OK, """{"status":true,"message":null}""");
        Assert.False((await admin.Post("sigfox-group/test-connection", new { good.organizationId, good.username, password = "x" })).Is(HttpStatusCode.OK)["status"].GetBoolean());
        _api.Sigfox.Cloud.Faults = new SigfoxFaults { Status = 503 };
        (await admin.Post("sigfox-group/test-connection", good))
            .IsRefused(HttpStatusCode.OK, """{"status":false,"message":"SigFox can't answer now. Try again later."}""");

        (await (await _api.SignedInAsReaderOf(organization)).Post("sigfox-group/test-connection", good))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");
        (await _api.Anonymous().Post("sigfox-group/test-connection", good)).Is(HttpStatusCode.Unauthorized);
        (await admin.Post("sigfox-group/test-connection", new { })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(0, await _api.Database.ScalarAsync<long>($"SELECT count(*) FROM sigfox_groups WHERE organization_id = {organization}"));
    }

    [Fact]
    public async Task Group_WhenItsPasswordCantBeRead_AsksToSaveItAgain()
    {
        var organization = await _api.AnOrganization();
        var group = await _api.ASigfoxGroup(organization);
        await _api.Database.ExecuteAsync($"UPDATE sigfox_groups SET password_ciphertext = 'nonsense' WHERE id = {group}");
        var reader = await _api.SignedInAsReaderOf(organization);

        (await reader.Get($"sigfox-group/{group}")).Is(HttpStatusCode.OK);
        Assert.Contains("Save it again", (await reader.Get($"sigfox-contract?groupId={group}")).Is(HttpStatusCode.BadGateway).Text, StringComparison.Ordinal);
    }
}
