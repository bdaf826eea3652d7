using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OS2iot.Api.Auth;
using OS2iot.Tests.Api;
using OtpNet;

namespace OS2iot.Tests.SignIn;

/// <summary>What users do about their own sign-in: password, one-time codes, sessions.</summary>
[Collection(ApiCollection.Name)]
public sealed partial class AccountTests(ApiHost api)
{
    private const string NewPassword = "a longer one for spring rain";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_WhenRenewable_GivesAShortTokenAndTheMeansToRenewIt()
    {
        var answer = (await api.Anonymous().Post("auth/login", new { username = await api.AUser(4), password = ApiHost.Password, renewable = true })).Is(HttpStatusCode.Created);

        var client = api.Anonymous();
        client.Token = (await api.Anonymous().Post("auth/refresh", new { refreshToken = answer["refreshToken"].GetString() })).Is(HttpStatusCode.Created)["accessToken"].GetString();
        (await client.Get("auth/me")).Is(HttpStatusCode.OK);
        Assert.True(answer["expiresAt"].GetDateTimeOffset() < answer["sessionExpiresAt"].GetDateTimeOffset());
    }

    [Fact]
    public async Task Login_WhenNothingIsSaidOfRenewing_AnswersAsEver()
    {
        var answer = (await api.Anonymous().Post("auth/login", new { username = await api.AUser(4), password = ApiHost.Password })).Is(HttpStatusCode.Created);

        Assert.Equal("accessToken", Assert.Single(answer.Json.EnumerateObject()).Name);
    }

    [Fact]
    public async Task Sessions_WhenListed_AreOnesOwnAndCanBeEnded()
    {
        var email = await api.AUser(4);
        var (here, there) = (await SignInAsync(email), await SignInAsync(email));
        var stranger = await SignInAsync(await api.AUser(4));

        var sessions = (await here.Get("account/sessions")).Is(HttpStatusCode.OK)["data"].EnumerateArray().ToList();
        Assert.Equal(2, sessions.Count);
        var other = sessions.Single(s => !s.GetProperty("isCurrent").GetBoolean()).GetProperty("id").GetGuid();
        (await stranger.Delete($"account/sessions/{other}")).Is(HttpStatusCode.NotFound);
        (await there.Get("auth/me")).Is(HttpStatusCode.OK);
        (await here.Delete($"account/sessions/{other}")).Is(HttpStatusCode.OK);

        (await there.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await here.Get("auth/me")).Is(HttpStatusCode.OK);
        var third = await SignInAsync(email);
        (await third.Delete("account/sessions")).Is(HttpStatusCode.OK);
        (await here.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await stranger.Get("auth/me")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Administrator_WhenSigningAUserOut_EndsAllSessions()
    {
        var email = await api.AUser(4);
        var user = await SignInAsync(email);
        var id = (await user.Get("auth/me"))["user"].GetProperty("id").GetInt32();
        var admin = await api.SignedInAsGlobalAdmin();

        (await admin.Delete($"user/{id}/sessions")).Is(HttpStatusCode.OK);

        (await user.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("{\"active\": false}", "{\"active\": true}")]
    [InlineData("{\"expiresOn\": \"2001-01-01\"}", "{\"expiresOn\": null}")]
    public async Task Session_WhenItsUserIsSwitchedOffAndOnAgain_StaysEnded(string off, string on)
    {
        var email = await api.AUser(4);
        var user = api.Anonymous();
        var answer = (await user.Post("auth/login", new { username = email, password = ApiHost.Password, renewable = true })).Is(HttpStatusCode.Created);
        user.Token = answer["accessToken"].GetString();
        var id = (await user.Get("auth/me"))["user"].GetProperty("id").GetInt32();
        var admin = await api.SignedInAsGlobalAdmin();

        (await ChangeAsync(off)).Is(HttpStatusCode.OK);
        (await user.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await LoginAsync(email, null)).Is(HttpStatusCode.Unauthorized);
        (await ChangeAsync(on)).Is(HttpStatusCode.OK);

        (await user.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await user.Post("auth/refresh", new { refreshToken = answer["refreshToken"].GetString() })).Is(HttpStatusCode.Unauthorized);
        (await LoginAsync(email, null)).Is(HttpStatusCode.Created);

        Task<Answer> ChangeAsync(string change)
        {
            var body = JsonNode.Parse(change)!.AsObject();
            body["name"] = "Anna";
            return admin.Send(HttpMethod.Put, $"user/{id}", new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"));
        }
    }

    [Fact]
    public async Task Password_WhenChanged_EndsOtherSessionsAndNeedsTheOldOne()
    {
        var email = await api.AUser(4);
        var (here, there) = (await SignInAsync(email), await SignInAsync(email));

        var wrong = (await here.Put("account/password", new { currentPassword = "a guess", password = NewPassword })).Is(HttpStatusCode.BadRequest);
        Assert.Equal("MESSAGE.PASSWORD-WRONG", wrong["message"].GetString());
        (await here.Put("account/password", new { currentPassword = ApiHost.Password, password = "password1234" })).Is(HttpStatusCode.BadRequest);
        (await here.Put("account/password", new { currentPassword = ApiHost.Password, password = NewPassword })).Is(HttpStatusCode.OK);

        (await here.Get("auth/me")).Is(HttpStatusCode.OK);
        (await there.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await api.Anonymous().Post("auth/login", new { username = email, password = ApiHost.Password })).Is(HttpStatusCode.Unauthorized);
        (await api.Anonymous().Post("auth/login", new { username = email, password = NewPassword })).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Reset_WhenTheMailCame_WorksOnceAndEndsAllSessions()
    {
        var email = await api.AUser(4);
        var session = await SignInAsync(email);
        var unknown = (await api.Anonymous().Post("account/forgotten-password", new { email = $"{Guid.NewGuid():N}@example.dk" })).Is(HttpStatusCode.Created);

        var known = (await api.Anonymous().Post("account/forgotten-password", new { email })).Is(HttpStatusCode.Created);
        Assert.Equal(unknown.Text, known.Text);
        var token = Token().Match(await MailAsync(email)).Groups[1].Value;
        Assert.Equal(43, token.Length);
        Assert.Equal(0, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM password_resets r WHERE r::text LIKE '%{token}%'"));

        (await api.Anonymous().Post("account/reset-password", new { token, password = "password1234" })).Is(HttpStatusCode.BadRequest);
        (await api.Anonymous().Post("account/reset-password", new { token, password = NewPassword })).Is(HttpStatusCode.Created);

        (await api.Anonymous().Post("account/reset-password", new { token, password = NewPassword })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.RESET-TOKEN-WRONG","error":"Bad Request"}""");
        (await session.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await api.Anonymous().Post("auth/login", new { username = email, password = NewPassword })).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Reset_WhenTheTimeIsOver_IsRefused()
    {
        var email = await api.AUser(4);
        (await api.Anonymous().Post("account/forgotten-password", new { email })).Is(HttpStatusCode.Created);
        var token = Token().Match(await MailAsync(email)).Groups[1].Value;
        await api.Database.ExecuteAsync($"UPDATE password_resets SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email = '{email}')");

        (await api.Anonymous().Post("account/reset-password", new { token, password = NewPassword })).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Reset_WhenAskedForAgainAndAgain_SendsAFewMails()
    {
        var (email, another) = (await api.AUser(4), await api.AUser(4));
        for (var i = 0; i < PasswordResetMails.Open + 2; i++)
        {
            (await api.Anonymous().Post("account/forgotten-password", new { email })).Is(HttpStatusCode.Created);
        }

        // They are answered one after the other, so this one is the last.
        (await api.Anonymous().Post("account/forgotten-password", new { email = another })).Is(HttpStatusCode.Created);
        await MailAsync(another);

        Assert.Equal(PasswordResetMails.Open, api.Mailer.To(email).Count);
    }

    [Fact]
    public async Task OneTimeCodes_WhenGuessed_CloseTheAccount()
    {
        var email = await api.AUser(4);
        var client = await SignInAsync(email);
        var secret = (await client.Post("account/one-time-codes", null)).Is(HttpStatusCode.Created)["secret"].GetString()!;
        (await client.Put("account/one-time-codes", new { secret, code = Code(secret, 0), currentPassword = ApiHost.Password })).Is(HttpStatusCode.OK);
        for (var i = 0; i < LoginThrottle.FailuresPerAccount; i++)
        {
            (await LoginAsync(email, "no code")).Is(HttpStatusCode.Unauthorized);
        }

        (await LoginAsync(email, Code(secret, 30))).Is(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task OneTimeCodes_WhenThePhoneIsLost_AreTakenAwayByAnAdministrator()
    {
        var email = await api.AUser(4);
        var client = await SignInAsync(email);
        var id = (await client.Get("auth/me"))["user"].GetProperty("id").GetInt32();
        var secret = (await client.Post("account/one-time-codes", null)).Is(HttpStatusCode.Created)["secret"].GetString()!;
        (await client.Put("account/one-time-codes", new { secret, code = Code(secret, 0), currentPassword = ApiHost.Password })).Is(HttpStatusCode.OK);
        (await LoginAsync(email, null)).Is(HttpStatusCode.Unauthorized);

        (await (await api.SignedInAsGlobalAdmin()).Delete($"user/{id}/one-time-codes")).Is(HttpStatusCode.OK);

        (await client.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await LoginAsync(email, null)).Is(HttpStatusCode.Created);
        Assert.Equal(0, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM recovery_codes WHERE user_id = {id}"));
    }

    [Fact]
    public async Task OneTimeCodes_WhenInUse_AreNeededAndTakenOnce()
    {
        var email = await api.AUser(4);
        var client = await SignInAsync(email);
        var secret = (await client.Post("account/one-time-codes", null)).Is(HttpStatusCode.Created)["secret"].GetString()!;
        (await client.Put("account/one-time-codes", new { secret, code = "000000", currentPassword = "a guess" })).Is(HttpStatusCode.BadRequest);
        var recovery = (await client.Put("account/one-time-codes", new { secret, code = Code(secret, 0), currentPassword = ApiHost.Password }))
            .Is(HttpStatusCode.OK)["recoveryCodes"].EnumerateArray().Select(c => c.GetString()!).ToList();
        Assert.Equal(10, recovery.Count);

        Assert.Equal("MESSAGE.ONE-TIME-CODE-NEEDED", (await LoginAsync(email, null)).Is(HttpStatusCode.Unauthorized)["code"].GetString());
        var code = Code(secret, 30);
        (await LoginAsync(email, code)).Is(HttpStatusCode.Created);
        Assert.Equal("MESSAGE.ONE-TIME-CODE-WRONG", (await LoginAsync(email, code)).Is(HttpStatusCode.Unauthorized)["code"].GetString());
        (await LoginAsync(email, recovery[0].ToLowerInvariant())).Is(HttpStatusCode.Created);
        (await LoginAsync(email, recovery[0])).Is(HttpStatusCode.Unauthorized);
        Assert.Equal(9, (await client.Get("account/sign-in")).Is(HttpStatusCode.OK)["recoveryCodesLeft"].GetInt32());
        Assert.Equal(0, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM users u WHERE u::text LIKE '%{secret}%'"));
        Assert.Equal(0, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM audit_entries e WHERE e::text LIKE '%{secret}%'"));

        (await client.Post("account/one-time-codes/stop", new { currentPassword = ApiHost.Password })).Is(HttpStatusCode.OK);
        (await LoginAsync(email, null)).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task NewPassword_WhenTheInstallationSaysNothing_HasFifteenCharacters()
    {
        await using var strict = api.Another(builder => builder.UseSetting("Passwords:MinLength", "15"));
        var admin = new ApiClient(strict.CreateClient(ApiHost.NoRedirects)) { Token = (await api.SignedInAsGlobalAdmin()).Token };
        var email = $"{Guid.NewGuid():N}@example.dk";

        (await admin.Post("user", new { name = "x", email, password = "fourteen chars" })).IsRefused(
            HttpStatusCode.BadRequest, """{"statusCode":400,"message":"MESSAGE.PASSWORD-DOES-NOT-MEET-REQUIREMENTS","error":"Bad Request"}""");
        (await admin.Post("user", new { name = "x", email, password = "fifteen letters" })).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task ApiKey_WhenRotated_WorksBesideTheOldOneForAWhile()
    {
        var organization = await api.AnOrganization();
        var (old, id) = await api.AnApiKey(await api.APermission(organization));
        var admin = await api.SignedInAsUserAdminOf(organization);
        (await old.Get("application")).Is(HttpStatusCode.OK);

        var rotated = (await admin.Post($"api-key/{id}/rotate", new { overlapHours = 2 })).Is(HttpStatusCode.Created);
        var fresh = api.Anonymous();
        fresh.ApiKey = rotated["key"].GetString();

        (await fresh.Get("application")).Is(HttpStatusCode.OK);
        (await old.Get("application")).Is(HttpStatusCode.OK);
        Assert.NotNull((await admin.Get($"api-key/{id}"))["previousKeyExpiresOn"].GetString());
        await api.Database.ExecuteAsync($"UPDATE api_keys SET previous_key_expires_on = now() - interval '1 second' WHERE id = {id}");
        (await old.Get("application")).Is(HttpStatusCode.Unauthorized);
        var last = (await admin.Post($"api-key/{id}/rotate", new { overlapHours = 0 })).Is(HttpStatusCode.Created);
        (await fresh.Get("application")).Is(HttpStatusCode.Unauthorized);
        fresh.ApiKey = last["key"].GetString();
        (await fresh.Get("application")).Is(HttpStatusCode.OK);
    }

    private static string Code(string secret, int seconds) =>
        new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds));

    private Task<Answer> LoginAsync(string username, string? code) => api.Anonymous().Post("auth/login", new { username, password = ApiHost.Password, code });

    private async Task<ApiClient> SignInAsync(string username)
    {
        var client = api.Anonymous();
        client.Token = (await client.Post("auth/login", new { username, password = ApiHost.Password })).Is(HttpStatusCode.Created)["accessToken"].GetString();
        return client;
    }

    private async Task<string> MailAsync(string to)
    {
        while (true)
        {
            if (api.Mailer.To(to) is [var mail, ..])
            {
                return mail.HtmlBody;
            }

            await Task.Delay(50, Ct);
        }
    }

    [GeneratedRegex("adgangskode: ([A-Za-z0-9_-]+)<")]
    private static partial Regex Token();
}
