using System.Net;
using Microsoft.EntityFrameworkCore;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class AccessRequestTests(ApiHost api)
{
    [Fact]
    [Covers("PUT /kombitCreation/createNewKombitUser")]
    [Covers("GET /user/awaitingUsers")]
    [Covers("GET /user/awaitingUsers/:organizationId")]
    [Covers("PUT /permission/acceptUser")]
    public async Task Request_WhenAccepted_OpensTheGroupsAndLeavesTheList()
    {
        var (organization, other) = (await api.AnOrganization(), await api.AnOrganization());
        var application = await api.AnApplication(organization);
        var admin = await api.SignedInAsUserAdminOf(organization);
        var adminMail = await MailOf(admin.UserId);
        var newcomer = await ANewcomer();
        var mail = $"{Guid.NewGuid():N}@example.dk";
        var group = await api.APermission(organization, null, [application]);

        var asked = (await newcomer.Put("kombitCreation/createNewKombitUser", new { email = mail, requestedOrganizationIds = new[] { organization, other } })).Is(HttpStatusCode.OK);
        Assert.Equal(mail, asked["email"].GetString());
        Assert.True(asked["awaitingConfirmation"].GetBoolean());
        Assert.DoesNotContain("assword", asked.Text);
        var letter = Assert.Single(api.Mailer.To(adminMail));
        Assert.Equal("Ny ansøgning til din organisation i OS2iot", letter.Subject);

        var waiting = (await admin.Get("user/awaitingUsers")).Is(HttpStatusCode.OK)["data"].EnumerateArray().Single(u => u.GetProperty("id").GetInt32() == newcomer.UserId);
        Assert.Equal(organization, Assert.Single(waiting.GetProperty("requestedOrganizations").EnumerateArray()).GetProperty("id").GetInt32());
        Assert.Equal(1, (await admin.Get($"user/awaitingUsers/{organization}?orderOn=name&sort=DESC")).Is(HttpStatusCode.OK)["count"].GetInt32());
        (await admin.Get($"user/awaitingUsers/{other}")).IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden"}""");

        var body = new { organizationId = organization, userId = newcomer.UserId, permissionIds = new[] { group, await api.APermission(other) } };
        var accepted = (await admin.Put("permission/acceptUser", body)).Is(HttpStatusCode.OK);

        Assert.False(accepted["awaitingConfirmation"].GetBoolean());
        Assert.Equal(group, Assert.Single(accepted["permissions"].EnumerateArray()).GetProperty("id").GetInt32());
        (await newcomer.Get($"application/{application}")).Is(HttpStatusCode.OK);
        Assert.Equal("Ansøgning i OS2iot godkendt", Assert.Single(api.Mailer.To(mail)).Subject);
        Assert.Equal(0, (await admin.Get($"user/awaitingUsers/{organization}")).Is(HttpStatusCode.OK)["count"].GetInt32());
    }

    [Fact]
    [Covers("PUT /permission/acceptUser")]
    public async Task Accept_WhenNotAskedOrNotOnesOwn_IsRefused()
    {
        var (organization, other) = (await api.AnOrganization(), await api.AnOrganization());
        var admin = await api.SignedInAsUserAdminOf(organization);
        var group = await api.APermission(organization);
        var stranger = await api.SignedInAsReaderOf(other);

        (await admin.Put("permission/acceptUser", new { organizationId = other, userId = stranger.UserId, permissionIds = new[] { group } })).Is(HttpStatusCode.Forbidden);
        (await admin.Put("permission/acceptUser", new { organizationId = organization, userId = stranger.UserId, permissionIds = new[] { group } })).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.USER-DOES-NOT-EXIST","error":"Not Found"}""");
        Assert.Equal(["arrayNotEmpty"], (await admin.Put("permission/acceptUser", new { organizationId = organization, userId = 1, permissionIds = Array.Empty<int>() }))
            .Is(HttpStatusCode.BadRequest).Rules("permissionIds"));

        var member = await api.SignedInAsNobody();
        var has = await api.APermission(organization, [member.UserId]);
        (await member.Put("kombitCreation/updateUserOrgs", new { requestedOrganizationIds = new[] { organization } })).Is(HttpStatusCode.OK);
        (await admin.Put("permission/acceptUser", new { organizationId = organization, userId = member.UserId, permissionIds = new[] { has } })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.USER-ALREADY-IN-PERMISSION","error":"Bad Request"}""");
    }

    [Fact]
    [Covers("PUT /user/rejectUser")]
    public async Task Reject_TakesOffTheListAndTellsTheUser()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsUserAdminOf(organization);
        var (user, staying) = (await api.SignedInAsNobody(), await api.SignedInAsNobody());
        foreach (var client in new[] { user, staying })
        {
            (await client.Put("kombitCreation/updateUserOrgs", new { requestedOrganizationIds = new[] { organization } })).IsRefused(
                HttpStatusCode.OK, $$"""{"requestedOrganizationIds":[{{organization}}]}""");
        }

        var rejected = (await admin.Put("user/rejectUser", new { orgId = organization, userIdToReject = user.UserId })).Is(HttpStatusCode.OK);

        Assert.Equal(Ordered(["id", "createdAt", "updatedAt", "name", "openDataDkRegistered", "awaitingUsers"]), rejected.Json.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal(staying.UserId, Assert.Single(rejected["awaitingUsers"].EnumerateArray()).GetProperty("id").GetInt32());
        Assert.Equal("Ansøgning i OS2iot afvist", Assert.Single(api.Mailer.To(await MailOf(user.UserId))).Subject);
        (await admin.Put("user/rejectUser", new { orgId = organization, userIdToReject = user.UserId })).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.USER-DOES-NOT-EXIST","error":"Not Found"}""");
        (await admin.Put("user/rejectUser", new { orgId = await api.AnOrganization(), userIdToReject = user.UserId })).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    [Covers("PUT /kombitCreation/createNewKombitUser")]
    public async Task Request_WhenSomethingIsWrong_SaysWhat()
    {
        var organization = await api.AnOrganization();
        var (newcomer, known) = (await ANewcomer(), await api.SignedInAsNobody());
        var taken = await api.AUser(bcryptCost: 4);

        (await known.Put("kombitCreation/createNewKombitUser", new { email = "a@example.dk", requestedOrganizationIds = new[] { organization } })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.USER-ALREADY-HAVE-MAIL","error":"Bad Request"}""");
        (await newcomer.Put("kombitCreation/createNewKombitUser", new { email = taken, requestedOrganizationIds = new[] { organization } })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.EMAIL-ALREADY-IN-USE","error":"Bad Request"}""");
        (await newcomer.Put("kombitCreation/createNewKombitUser", new { email = "b@example.dk", requestedOrganizationIds = new[] { int.MaxValue } })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Bad Request"}""");
        var invalid = (await newcomer.Put("kombitCreation/createNewKombitUser", new { email = "no", requestedOrganizationIds = Array.Empty<int>() })).Is(HttpStatusCode.BadRequest);
        Assert.Equal(["isEmail"], invalid.Rules("email"));
        Assert.Equal(["arrayNotEmpty"], invalid.Rules("requestedOrganizationIds"));
    }

    [Fact]
    [Covers("PUT /kombitCreation/createNewKombitUser")]
    [Covers("PUT /kombitCreation/updateUserOrgs")]
    public async Task Request_WhenTheMailFails_SavesNothing()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsUserAdminOf(organization);
        api.Mailer.FailFor(await MailOf(admin.UserId));
        var (newcomer, known) = (await ANewcomer(), await api.SignedInAsNobody());
        const string Refused = """{"statusCode":400,"message":"MESSAGE.SEND-MAIL-ERROR","error":"Bad Request"}""";

        (await newcomer.Put("kombitCreation/createNewKombitUser", new { email = $"{Guid.NewGuid():N}@example.dk", requestedOrganizationIds = new[] { organization } }))
            .IsRefused(HttpStatusCode.BadRequest, Refused);
        (await known.Put("kombitCreation/updateUserOrgs", new { requestedOrganizationIds = new[] { organization } })).IsRefused(HttpStatusCode.BadRequest, Refused);

        Assert.Equal(0, (await admin.Get($"user/awaitingUsers/{organization}")).Is(HttpStatusCode.OK)["count"].GetInt32());
        Assert.Null(await MailOrNull(newcomer.UserId));
    }

    [Fact]
    public async Task Mail_WithMarkupInANameOrAddress_EncodesIt()
    {
        var organization = await api.AnOrganization();
        var admin = await api.SignedInAsUserAdminOf(organization);
        var user = await api.SignedInAsNobody();
        await api.Database.ExecuteAsync($"UPDATE users SET name = '<script>alert(1)</script>' WHERE id = {user.UserId}");

        (await user.Put("kombitCreation/updateUserOrgs", new { requestedOrganizationIds = new[] { organization } })).Is(HttpStatusCode.OK);

        var letter = Assert.Single(api.Mailer.To(await MailOf(admin.UserId)));
        Assert.DoesNotContain("<script>", letter.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", letter.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    [Covers("GET /kombitCreation/minimal")]
    [Covers("GET /kombitCreation/minimalUsers")]
    [Covers("GET /kombitCreation/:id")]
    public async Task Reading_WithoutAnyPermission_ShowsOrganizationsAndOneself()
    {
        var organization = await api.AnOrganization();
        var (user, other) = (await api.SignedInAsNobody(), await api.SignedInAsNobody());

        var organizations = (await user.Get("kombitCreation/minimal")).Is(HttpStatusCode.OK);
        Assert.Contains(organizations["data"].EnumerateArray(), o => o.GetProperty("id").GetInt32() == organization);
        Assert.Equal(organizations["data"].GetArrayLength(), organizations["count"].GetInt32());
        var users = (await user.Get("kombitCreation/minimalUsers")).Is(HttpStatusCode.OK)["users"].EnumerateArray();
        Assert.Equal(user.UserId, Assert.Single(users).GetProperty("id").GetInt32());
        Assert.Equal(user.UserId, (await user.Get($"kombitCreation/{user.UserId}?extendedInfo=true")).Is(HttpStatusCode.OK)["id"].GetInt32());
        (await user.Get($"kombitCreation/{other.UserId}")).IsRefused(
            HttpStatusCode.NotFound, """{"statusCode":404,"message":"MESSAGE.ID-DOES-NOT-EXIST","error":"Not Found"}""");
    }

    // As somebody whom an identity provider sent for the first time: without an e-mail address.
    private async Task<ApiClient> ANewcomer()
    {
        var client = await api.SignedInAsNobody();
        await api.Database.ExecuteAsync($"UPDATE users SET email = NULL, name_id = 'CN={Guid.NewGuid()}' WHERE id = {client.UserId}");
        return client;
    }

    private async Task<string> MailOf(int userId) => (await MailOrNull(userId))!;

    private async Task<string?> MailOrNull(int userId)
    {
        await using var db = api.Database.CreateContext();
        return await db.Users.Where(u => u.Id == userId).Select(u => u.Email).SingleAsync(TestContext.Current.CancellationToken);
    }

    private static IOrderedEnumerable<string> Ordered(string[] members) => members.Order();
}
