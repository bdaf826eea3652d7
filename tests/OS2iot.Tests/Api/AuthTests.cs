using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Api.Auth;
using OS2iot.Core.Organizations;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class AuthTests(ApiHost api)
{
    [Fact]
    [Covers("POST /auth/login")]
    [Covers("GET /auth/profile")]
    [Covers("GET /auth/me")]
    public async Task Login_WhenPasswordIsRight_GivesATokenThatWorks()
    {
        var email = await api.AUser();
        var client = api.Anonymous();

        client.Token = (await client.Post("auth/login", new { username = email, password = ApiHost.Password })).Is(HttpStatusCode.Created)["accessToken"].GetString();

        Assert.Equal(email, (await client.Get("auth/profile")).Is(HttpStatusCode.OK)["username"].GetString());
        var me = (await client.Get("auth/me")).Is(HttpStatusCode.OK);
        Assert.False(me["user"].TryGetProperty("passwordHash", out _));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", me["user"].GetProperty("lastLogin").GetString());
        Assert.Empty(me["organizations"].EnumerateArray());
    }

    [Theory]
    [InlineData("$2a$")]
    [InlineData("$2b$")] // as OS2IoT writes it
    [InlineData("$2y$")]
    public async Task Login_WhenHashIsOfLowCost_UpgradesIt(string revision)
    {
        var email = await api.AUser(bcryptCost: 10);
        await api.Database.ExecuteAsync($"UPDATE users SET password_hash = '{revision}' || substr(password_hash, 5) WHERE email = '{email}'");
        var client = api.Anonymous();

        (await client.Post("auth/login", new { username = email, password = ApiHost.Password })).Is(HttpStatusCode.Created);

        await using var db = api.Database.CreateContext();
        Assert.False(Passwords.NeedsRehash((await db.Users.SingleAsync(u => u.Email == email, TestContext.Current.CancellationToken)).PasswordHash!));
        (await client.Post("auth/login", new { username = email, password = ApiHost.Password })).Is(HttpStatusCode.Created);
    }

    [Fact]
    [Covers("POST /auth/login")]
    public async Task Login_WhenAnythingIsWrong_Answers401InTheShortForm()
    {
        var email = await api.AUser();
        var inactive = await api.AUser(active: false);
        object[] bodies =
        [
            new { }, new { username = email }, new { username = email, password = "wrong" }, new { username = 1, password = true },
            new { username = "nobody@example.dk", password = ApiHost.Password }, new { username = inactive, password = ApiHost.Password },
            new { username = email.ToUpperInvariant(), password = ApiHost.Password },
        ];

        foreach (var body in bodies)
        {
            var answer = (await api.Anonymous().Post("auth/login", body)).Is(HttpStatusCode.Unauthorized);
            Assert.Equal(["path", "statusCode", "timestamp"], answer.Json.EnumerateObject().Select(m => m.Name).Order());
            Assert.Equal("/api/v1/auth/login", answer["path"].GetString());
        }
    }

    [Fact]
    [Covers("POST /auth/login")]
    public async Task Login_WhenGuessedTooOften_IsClosedForAWhile()
    {
        var email = await api.AUser(bcryptCost: 4);
        var client = api.Anonymous();
        for (var i = 0; i < LoginThrottle.FailuresPerAccount; i++)
        {
            (await client.Post("auth/login", new { username = email, password = "wrong" })).Is(HttpStatusCode.Unauthorized);
        }

        var closed = await client.Post("auth/login", new { username = email, password = ApiHost.Password });

        Assert.Equal(HttpStatusCode.TooManyRequests, closed.Status);
        Assert.NotNull(closed.Headers.RetryAfter);
    }

    [Fact]
    public async Task Throttle_WhenTheWindowIsOver_OpensAgain()
    {
        var ct = TestContext.Current.CancellationToken;
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var database = Npgsql.NpgsqlDataSource.Create(api.Database.ConnectionString);
        var hash = api.Services.GetRequiredService<OS2iot.Core.Secrets.LookupHash>();
        using var throttle = new LoginThrottle(database, hash, clock);
        using var another = new LoginThrottle(database, hash, clock);
        var (account, here, there) = ($"{Guid.NewGuid():N}@example.dk", IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        for (var i = 0; i < LoginThrottle.FailuresPerAccount; i++)
        {
            Assert.Null(await throttle.ClosedForAsync(account, here, ct));
            await (i % 2 == 0 ? throttle : another).FailedAsync(account, here, ct);
        }

        Assert.NotNull(await throttle.ClosedForAsync(account.ToUpperInvariant(), here, ct));
        Assert.NotNull(await another.ClosedForAsync(account, here, ct));
        Assert.Null(await throttle.ClosedForAsync(account, there, ct));
        Assert.Null(await throttle.ClosedForAsync("b@example.dk", here, ct));
        clock.Advance(LoginThrottle.Window);
        Assert.Null(await throttle.ClosedForAsync(account, here, ct));
    }

    [Fact]
    public async Task Throttle_WhenManyAccountsOrAddressesAreTried_ClosesWhatTheyShare()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var database = Npgsql.NpgsqlDataSource.Create(api.Database.ConnectionString);
        using var throttle = new LoginThrottle(database, api.Services.GetRequiredService<OS2iot.Core.Secrets.LookupHash>(), TimeProvider.System);
        var account = $"{Guid.NewGuid():N}@example.dk";
        for (var i = 0; i < LoginThrottle.FailuresPerAddress; i++)
        {
            await throttle.FailedAsync($"{i}{account}", IPAddress.Parse("192.0.2.11"), ct);
            await throttle.FailedAsync($"v6 {i}{account}", IPAddress.Parse($"2001:db8:1:2:{i:x}::1"), ct);
            await throttle.FailedAsync(account, IPAddress.Parse($"198.51.100.{i}"), ct);
        }

        Assert.NotNull(await throttle.ClosedForAsync("new@example.dk", IPAddress.Parse("192.0.2.11"), ct));
        Assert.NotNull(await throttle.ClosedForAsync("new@example.dk", IPAddress.Parse("::ffff:192.0.2.11"), ct));
        Assert.Null(await throttle.ClosedForAsync("new@example.dk", IPAddress.Parse("192.0.2.12"), ct));
        Assert.NotNull(await throttle.ClosedForAsync("new@example.dk", IPAddress.Parse("2001:db8:1:2:ffff::9"), ct));
        Assert.Null(await throttle.ClosedForAsync("new@example.dk", IPAddress.Parse("2001:db8:1:3::1"), ct));
        Assert.NotNull(await throttle.ClosedForAsync(account, IPAddress.Parse("203.0.113.1"), ct));
    }

    [Fact]
    public async Task Token_WhenUserIsSwitchedOffOrGone_StopsWorking()
    {
        var client = await api.SignedInAsGlobalAdmin();
        (await client.Get("application")).Is(HttpStatusCode.OK);

        await api.Database.ExecuteAsync($"UPDATE users SET active = false WHERE id = {client.UserId}");
        (await client.Get("application")).IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");

        await api.Database.ExecuteAsync($"DELETE FROM users WHERE id = {client.UserId}");
        (await client.Get("application")).Is(HttpStatusCode.Unauthorized);
        Assert.Equal(3, (await client.Get("auth/me")).Is(HttpStatusCode.Unauthorized).Json.EnumerateObject().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not.a.token")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOjEsImV4cCI6OTk5OTk5OTk5OX0.")]
    public async Task Token_WhenNotOurs_IsRefused(string token)
    {
        var client = api.Anonymous();
        client.Token = token;

        (await client.Get("application")).IsRefused(HttpStatusCode.Unauthorized, """{"statusCode":401,"message":"Unauthorized"}""");
    }

    [Fact]
    public async Task Token_WhenExpired_IsRefused()
    {
        var options = api.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<JwtOptions>>();
        var now = TimeProvider.System.GetUtcNow();
        var client = await api.SignedInAsGlobalAdmin();
        var session = await api.Database.ScalarAsync<Guid>($"SELECT id FROM user_sessions WHERE user_id = {client.UserId}");
        var tokens = new AccessTokens(options, new FakeTimeProvider(now.AddDays(-1)));

        client.Token = tokens.Create(client.UserId, "x", isKombit: false, session, now.AddMinutes(1));
        (await client.Get("application")).Is(HttpStatusCode.OK);
        client.Token = tokens.Create(client.UserId, "x", isKombit: false, session, now.AddSeconds(-1));
        (await client.Get("application")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Token_WhenItsSessionIsNobodysOrAnothers_IsRefused()
    {
        var tokens = api.Services.GetRequiredService<AccessTokens>();
        var (client, other) = (await api.SignedInAsGlobalAdmin(), await api.SignedInAsGlobalAdmin());
        var theirs = await api.Database.ScalarAsync<Guid>($"SELECT id FROM user_sessions WHERE user_id = {other.UserId}");
        var later = TimeProvider.System.GetUtcNow().AddHours(1);

        foreach (var session in new[] { Guid.Empty, Guid.NewGuid(), theirs })
        {
            client.Token = tokens.Create(client.UserId, "x", isKombit: false, session, later);
            (await client.Get("application")).Is(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    [Covers("GET /application")]
    [Covers("GET /auth/me")]
    public async Task Role_WhenCallerHasNone_IsRefusedByTheGuard()
    {
        var nobody = await api.SignedInAsNobody();

        (await nobody.Get("application"))
            .IsRefused(HttpStatusCode.Forbidden, """{"statusCode":403,"message":"Forbidden resource","error":"Forbidden"}""");
        (await nobody.Get("auth/me")).Is(HttpStatusCode.OK);
    }

    [Fact]
    [Covers("GET /auth/me")]
    public async Task Me_WhenGlobalAdmin_ShowsAllOrganizationsWithApplications()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var admin = await api.SignedInAsGlobalAdmin();

        var found = (await admin.Get("auth/me"))["organizations"].EnumerateArray().Single(o => o.GetProperty("id").GetInt32() == organization);

        Assert.Equal(application, found.GetProperty("applications")[0].GetProperty("id").GetInt32());
        Assert.Equal(3, found.GetProperty("permissions").GetArrayLength());
    }

    [Fact]
    [Covers("POST /auth/login")]
    public async Task Login_WhenUserHasNoPassword_IsRefusedAsAnyOther()
    {
        var email = await api.AUser();
        await api.Database.ExecuteAsync($"UPDATE users SET password_hash = NULL, name_id = 'CN=x' WHERE email = '{email}'");

        (await api.Anonymous().Post("auth/login", new { username = email, password = ApiHost.Password })).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Covers("POST /auth/login")]
    public async Task Token_WhenRead_HoldsWhatClientsLookFor()
    {
        var email = await api.AUser();

        var token = (await api.Anonymous().Post("auth/login", new { username = email, password = ApiHost.Password })).Is(HttpStatusCode.Created)["accessToken"].GetString()!;

        var claims = System.Text.Json.JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));
        Assert.Equal(email, claims.GetProperty("username").GetString());
        Assert.False(claims.GetProperty("isKombit").GetBoolean());
        Assert.True(claims.GetProperty("sub").GetInt32() > 0);
        Assert.Equal(9 * 3600, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
    }
}
