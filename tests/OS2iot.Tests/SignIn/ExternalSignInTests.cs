using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Simulator.IdentityProvider;
using OS2iot.Tests.Api;

namespace OS2iot.Tests.SignIn;

/// <summary>What the identity provider signed is exchanged for a session of ours; whatever is wrong with it gives none.</summary>
[Collection(ApiCollection.Name)]
public sealed class ExternalSignInTests(ApiHost host) : IAsyncLifetime
{
    private const string Nonce = "the-nonce";

    private FakeIdentityProvider _provider = null!;

    private WebApplicationFactory<Login> _one = null!;

    private WebApplicationFactory<Login> _other = null!;

    private int _organization;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeIdentityProvider.StartAsync();
        _organization = await host.AnOrganization();
        _one = host.Another(Configure);
        _other = host.Another(Configure);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Exchange_WhenTheUserIsNew_CreatesOneWithoutPermissionsAndProposesTheOrganization()
    {
        var answer = (await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Created);

        Assert.True(answer["needsAccess"].GetBoolean());
        Assert.Equal("anna@skovby.example", answer["proposedEmail"].GetString());
        Assert.Equal(_organization, Assert.Single(answer["proposedOrganizationIds"].EnumerateArray()).GetInt32());
        var me = (await Client(answer).Get("auth/me")).Is(HttpStatusCode.OK);
        Assert.Equal("Anna Ågård", me["user"].GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, me["user"].GetProperty("email").ValueKind);
        Assert.Empty(me["user"].GetProperty("permissions").EnumerateArray());
        (await Client(answer).Get("application")).Is(HttpStatusCode.Forbidden);

        var again = (await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Created);
        Assert.Equal(me["user"].GetProperty("id").GetInt32(), (await Client(again).Get("auth/me"))["user"].GetProperty("id").GetInt32());
        await using var db = host.Database.CreateContext();
        Assert.True(await db.AuditEntries.AnyAsync(e => e.Action == "LOGIN" && e.Succeeded && e.UserId == me["user"].GetProperty("id").GetInt32(), Ct));
    }

    [Fact]
    public async Task Exchange_WhenTheUserCameBySamlBefore_IsTheSameUser()
    {
        var user = await AddUserAsync(TownUser.All.Single(u => u.Login == "bo").NameId);
        await using var api = host.Another(builder =>
        {
            Configure(builder);
            builder.UseSetting("Oidc:NameIdClaim", "name_id");
        });

        var answer = await new ApiClient(api.CreateClient(ApiHost.NoRedirects)).Post("auth/external", new { idToken = await _provider.TokenAsync("bo"), nonce = Nonce });

        Assert.Equal(user, (await Client(answer.Is(HttpStatusCode.Created)).Get("auth/me"))["user"].GetProperty("id").GetInt32());
    }

    [Theory]
    [InlineData(nameof(TokenFault.WrongSignature), "MESSAGE.KOMBIT-LOGIN-FAILED")]
    [InlineData(nameof(TokenFault.UnknownKey), "MESSAGE.KOMBIT-LOGIN-FAILED")]
    [InlineData(nameof(TokenFault.Expired), "MESSAGE.KOMBIT-LOGIN-FAILED")]
    [InlineData(nameof(TokenFault.NotYetValid), "MESSAGE.KOMBIT-LOGIN-FAILED")]
    [InlineData(nameof(TokenFault.OtherIssuer), "MESSAGE.KOMBIT-LOGIN-FAILED")]
    [InlineData(nameof(TokenFault.OtherAudience), "MESSAGE.KOMBIT-LOGIN-FAILED")]
    [InlineData(nameof(TokenFault.AlgorithmNone), "MESSAGE.KOMBIT-LOGIN-FAILED")]
    [InlineData(nameof(TokenFault.PublicKeyAsSecret), "MESSAGE.KOMBIT-LOGIN-FAILED")]
    [InlineData(nameof(TokenFault.OtherNonce), "MESSAGE.KOMBIT-LOGIN-FAILED")]
    [InlineData(nameof(TokenFault.WrongRole), "MissingRole")]
    [InlineData(nameof(TokenFault.NoRole), "MissingRole")]
    [InlineData(nameof(TokenFault.BrokenPrivileges), "MissingRole")]
    [InlineData(nameof(TokenFault.PrivilegesWithDocumentType), "MissingRole")]
    public async Task Exchange_WhenTheTokenIsAtFault_LetsNobodyIn(string fault, string code)
    {
        var before = await host.Database.ScalarAsync<long>("SELECT count(*) FROM user_sessions");

        var answer = (await ExchangeAsync(await _provider.TokenAsync("anna", fault: Enum.Parse<TokenFault>(fault)))).Is(HttpStatusCode.Unauthorized);

        Assert.Equal(code, answer["code"].GetString());
        Assert.Equal(before, await host.Database.ScalarAsync<long>("SELECT count(*) FROM user_sessions"));
        Assert.False(answer.Json.TryGetProperty("accessToken", out _));
    }

    [Theory]
    [InlineData("eva")]
    [InlineData("ole")]
    public async Task Exchange_WhenTheUserHasNotTheRole_CreatesNobody(string user)
    {
        (await ExchangeAsync(await _provider.TokenAsync(user))).Is(HttpStatusCode.Unauthorized);

        var subject = TownUser.All.Single(u => u.Login == user).Subject;
        Assert.Equal(0, await host.Database.ScalarAsync<long>($"SELECT count(*) FROM users WHERE subject = '{subject}' AND issuer = '{_provider.Authority}'"));
    }

    [Fact]
    public async Task Exchange_WhenTheTokenComesAgain_IsRefusedByEachInstance()
    {
        var token = await _provider.TokenAsync("anna");
        (await ExchangeAsync(token)).Is(HttpStatusCode.Created);

        Assert.Equal("MESSAGE.KOMBIT-LOGIN-FAILED", (await ExchangeAsync(token)).Is(HttpStatusCode.Unauthorized)["code"].GetString());
        (await Anonymous(_other).Post("auth/external", new { idToken = token, nonce = Nonce })).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Exchange_WhenTheNonceIsAnother_IsRefused() =>
        (await Anonymous(_one).Post("auth/external", new { idToken = await _provider.TokenAsync("anna"), nonce = "another" })).Is(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task Exchange_WhenTheRoleIsGone_EndsTheSessionsThatWereOpen()
    {
        var before = Client((await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Created));
        (await before.Get("auth/me")).Is(HttpStatusCode.OK);

        (await ExchangeAsync(await _provider.TokenAsync("anna", fault: TokenFault.WrongRole))).Is(HttpStatusCode.Unauthorized);

        (await before.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Session_WhenTheUserIsSwitchedOff_EndsAtOnceAndIsNotRenewed()
    {
        var answer = (await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Created);
        var client = Client(answer);
        var id = (await client.Get("auth/me"))["user"].GetProperty("id").GetInt32();

        await host.Database.ExecuteAsync($"UPDATE users SET active = false WHERE id = {id}");

        (await client.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await RefreshAsync(_one, answer["refreshToken"].GetString())).Is(HttpStatusCode.Unauthorized);
        var refused = (await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Unauthorized);
        Assert.Equal("MESSAGE.USER-INACTIVE", refused["code"].GetString());
    }

    [Fact]
    public async Task Session_WhenBegunAtOneInstance_GoesOnAtTheOther()
    {
        var answer = (await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Created);
        var there = Anonymous(_other);
        there.Token = answer["accessToken"].GetString();
        (await there.Get("auth/me")).Is(HttpStatusCode.OK);

        var renewed = (await RefreshAsync(_other, answer["refreshToken"].GetString())).Is(HttpStatusCode.Created);

        (await Client(renewed).Get("auth/me")).Is(HttpStatusCode.OK);
        (await there.Post("auth/logout", null)).Is(HttpStatusCode.NoContent);
        (await Client(renewed).Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await RefreshAsync(_one, renewed["refreshToken"].GetString())).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Refresh_WhenTwoAskAtOnce_GivesBothTheSame()
    {
        var token = (await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Created)["refreshToken"].GetString();

        var answers = await Task.WhenAll(RefreshAsync(_one, token), RefreshAsync(_other, token), RefreshAsync(_one, token));

        Assert.Single(answers.Select(a => a.Is(HttpStatusCode.Created)["refreshToken"].GetString()).Distinct());
    }

    [Fact]
    public async Task Refresh_WhenAUsedTokenComesLate_EndsTheSession()
    {
        var first = (await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Created);
        var second = (await RefreshAsync(_one, first["refreshToken"].GetString())).Is(HttpStatusCode.Created);
        await host.Database.ExecuteAsync("UPDATE user_sessions SET refreshed_at = refreshed_at - interval '2 minutes'");

        (await RefreshAsync(_one, first["refreshToken"].GetString())).Is(HttpStatusCode.Unauthorized);

        (await Client(second).Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await RefreshAsync(_one, second["refreshToken"].GetString())).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Session_WhenTheTokenSecretIsChanged_GoesOnWithTheOldOneKeptAndIsRenewedWithout()
    {
        var answer = (await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Created);
        await using var kept = Rotated(withOld: true);
        await using var dropped = Rotated(withOld: false);

        Assert.Equal(HttpStatusCode.OK, (await MeAsync(kept, answer)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(dropped, answer)).Status);
        var renewed = (await RefreshAsync(dropped, answer["refreshToken"].GetString())).Is(HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(dropped, renewed)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(_one, renewed)).Status);
    }

    [Fact]
    public async Task Logout_WhenTheProviderTellsOfIt_EndsThatSessionOnce()
    {
        var (token, another) = (await _provider.TokenAsync("anna"), await _provider.TokenAsync("anna"));
        var (ending, staying) = (Client(await ExchangeAsync(token)), Client(await ExchangeAsync(another)));
        var logout = _provider.Tokens.LogoutToken(_provider.Authority, FakeIdentityProvider.ClientId, null, Sid(token));

        (await LogoutAsync(logout)).Is(HttpStatusCode.OK);

        (await ending.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await staying.Get("auth/me")).Is(HttpStatusCode.OK);
        (await LogoutAsync(logout)).Is(HttpStatusCode.BadRequest);
        (await LogoutAsync(_provider.Tokens.LogoutToken(_provider.Authority, FakeIdentityProvider.ClientId, Subject(token), null))).Is(HttpStatusCode.OK);
        (await staying.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Logout_WhenTheTokenIsNotOneForUs_EndsNothing()
    {
        var token = await _provider.TokenAsync("anna");
        var client = Client(await ExchangeAsync(token));
        var sound = _provider.Tokens.LogoutToken(_provider.Authority, FakeIdentityProvider.ClientId, null, Sid(token));
        string[] tokens =
        [
            "x",
            await _provider.TokenAsync("anna"), // an identity token
            _provider.Tokens.LogoutToken(_provider.Authority, "another-client", null, Sid(token)),
            _provider.Tokens.LogoutToken("https://another.example/", FakeIdentityProvider.ClientId, null, Sid(token)),
            _provider.Tokens.LogoutToken(_provider.Authority, FakeIdentityProvider.ClientId, null, Sid(token), nonce: Nonce),
            _provider.Tokens.LogoutToken(_provider.Authority, FakeIdentityProvider.ClientId, null, null),
            _provider.Tokens.Spoil(sound, TokenFault.WrongSignature), _provider.Tokens.Spoil(sound, TokenFault.AlgorithmNone), _provider.Tokens.Spoil(sound, TokenFault.Expired),
        ];

        foreach (var logout in tokens)
        {
            (await LogoutAsync(logout)).Is(HttpStatusCode.BadRequest);
        }

        (await client.Get("auth/me")).Is(HttpStatusCode.OK);
        (await ExchangeAsync(sound)).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Logout_WhenABrowserBringsIt_EndsTheNamedSession()
    {
        var token = await _provider.TokenAsync("anna");
        var client = Client(await ExchangeAsync(token));

        (await Anonymous(_other).Post("auth/external/front-channel-logout", new { iss = "https://another.example/", sid = Sid(token) })).Is(HttpStatusCode.OK);
        (await client.Get("auth/me")).Is(HttpStatusCode.OK);
        (await Anonymous(_other).Post("auth/external/front-channel-logout", new { iss = _provider.Authority, sid = Sid(token) })).Is(HttpStatusCode.OK);
        (await client.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Logout_WhenABrowserBringsTheSessionAlone_EndsItAndNoneWithPasswords()
    {
        var token = await _provider.TokenAsync("anna");
        var client = Client(await ExchangeAsync(token));
        var local = await host.SignedInAsNobody();

        (await Anonymous(_other).Post("auth/external/front-channel-logout", new { sid = "another-session" })).Is(HttpStatusCode.OK);
        (await client.Get("auth/me")).Is(HttpStatusCode.OK);
        (await Anonymous(_other).Post("auth/external/front-channel-logout", new { sid = Sid(token) })).Is(HttpStatusCode.OK);
        (await client.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
        (await local.Get("auth/me")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task KombitLogin_WhenAClientOfTheOldKindAsks_ComesBackWithAToken()
    {
        using var browser = _one.CreateClient(ApiHost.NoRedirects);

        var callback = await ToCallbackAsync(browser, "https://portal.example.dk/", "anna");
        var back = await browser.GetAsync(callback, Ct);

        Assert.Equal(HttpStatusCode.Found, back.StatusCode);
        Assert.StartsWith("https://portal.example.dk/applications?jwt=", back.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        var client = Anonymous(_one);
        client.Token = QueryHelpers.ParseQuery(back.Headers.Location.Query)["jwt"];
        (await client.Get("auth/me")).Is(HttpStatusCode.OK);

        var away = await Anonymous(_one).Get($"auth/kombit/logout?secret_token={client.Token}");
        Assert.StartsWith(_provider.Authority + "connect/logout?", away.Is(HttpStatusCode.Found).Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        (await client.Get("auth/me")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task KombitLogin_WhenBegunAtOneInstance_IsCompletedByTheOther()
    {
        using var there = _one.CreateClient(ApiHost.NoRedirects);
        var toProvider = await there.GetAsync($"/api/v1/auth/kombit/login?redirect={Uri.EscapeDataString("https://portal.example.dk/")}", Ct);
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var callback = (await http.GetAsync($"{toProvider.Headers.Location}&user=anna", Ct)).Headers.Location!;

        using var here = _other.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, callback);
        request.Headers.Add("Cookie", string.Join("; ", toProvider.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0])));
        var back = await here.SendAsync(request, Ct);

        Assert.Contains("jwt=", back.Headers.Location!.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KombitLogin_WhenTheRoleIsMissing_ComesBackWithTheReason()
    {
        using var browser = _one.CreateClient(ApiHost.NoRedirects);

        var back = await browser.GetAsync(await ToCallbackAsync(browser, "https://portal.example.dk/applications", "eva"), Ct);

        Assert.Equal("https://portal.example.dk/applications?error=MissingRole", back.Headers.Location!.AbsoluteUri);
    }

    [Fact]
    public async Task KombitLogin_WhenStateIsChangedOrTheCallbackComesAgain_LetsNobodyIn()
    {
        using var browser = _one.CreateClient(ApiHost.NoRedirects);
        var callback = await ToCallbackAsync(browser, "https://portal.example.dk/", "anna");
        var state = QueryHelpers.ParseQuery(new Uri(callback).Query)["state"].ToString();

        var changed = await browser.GetAsync(callback.Replace(state, state[..^8] + "AAAAAAAA", StringComparison.Ordinal), Ct);
        using var stranger = _one.CreateClient(ApiHost.NoRedirects);
        var elsewhere = await stranger.GetAsync(callback, Ct);
        var first = await browser.GetAsync(callback, Ct);
        var again = await browser.GetAsync(callback, Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, changed.StatusCode);
        Assert.Contains("jwt=", first.Headers.Location!.Query, StringComparison.Ordinal);
        foreach (var refused in new[] { elsewhere, again })
        {
            Assert.DoesNotContain("jwt=", refused.Headers.Location?.Query ?? "", StringComparison.Ordinal);
            Assert.Contains("error=MESSAGE.KOMBIT-LOGIN-FAILED", refused.Headers.Location!.Query, StringComparison.Ordinal);
        }
    }

    private static ApiClient Anonymous(WebApplicationFactory<Login> api) => new(api.CreateClient(ApiHost.NoRedirects));

    private static Task<Answer> RefreshAsync(WebApplicationFactory<Login> api, string? refreshToken) => Anonymous(api).Post("auth/refresh", new { refreshToken });

    private static Task<Answer> MeAsync(WebApplicationFactory<Login> api, Answer signedIn)
    {
        var client = Anonymous(api);
        client.Token = signedIn["accessToken"].GetString();
        return client.Get("auth/me");
    }

    private static JsonElement Claims(string token) => JsonElement.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));

    private static string Sid(string token) => Claims(token).GetProperty("sid").GetString()!;

    private static string Subject(string token) => Claims(token).GetProperty("sub").GetString()!;

    private void Configure(IWebHostBuilder builder)
    {
        builder.UseSetting("Oidc:Authority", _provider.Authority);
        builder.UseSetting("Oidc:ClientId", FakeIdentityProvider.ClientId);
        builder.UseSetting("Oidc:ClientSecret", "a secret");
        builder.UseSetting($"Oidc:Organizations:{TownUser.Skovby}", _organization.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private WebApplicationFactory<Login> Rotated(bool withOld) => host.Another(builder =>
    {
        Configure(builder);
        builder.UseSetting("Jwt:Secret", "another token secret of more than 32 characters");
        if (withOld)
        {
            builder.UseSetting("Jwt:PreviousSecrets:0", "a token secret of more than 32 characters");
        }
    });

    private Task<Answer> ExchangeAsync(string idToken) => Anonymous(_one).Post("auth/external", new { idToken, nonce = Nonce });

    private Task<Answer> LogoutAsync(string token) =>
        Anonymous(_other).PostText("auth/external/logout", $"logout_token={Uri.EscapeDataString(token)}", "application/x-www-form-urlencoded");

    private ApiClient Client(Answer signedIn)
    {
        var client = Anonymous(_one);
        client.Token = signedIn.Is(HttpStatusCode.Created)["accessToken"].GetString();
        return client;
    }

    private static async Task<string> ToCallbackAsync(HttpClient browser, string redirect, string user)
    {
        var toProvider = await browser.GetAsync($"/api/v1/auth/kombit/login?redirect={Uri.EscapeDataString(redirect)}", Ct);
        Assert.Equal(HttpStatusCode.Found, toProvider.StatusCode);
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var fromProvider = await http.GetAsync($"{toProvider.Headers.Location}&user={user}", Ct);
        return fromProvider.Headers.Location!.AbsoluteUri;
    }

    private async Task<int> AddUserAsync(string nameId)
    {
        await using var db = host.Database.CreateContext();
        var user = new OS2iot.Core.Organizations.User { Name = "Bo", NameId = nameId };
        db.Users.Add(user);
        await db.SaveChangesAsync(Ct);
        return user.Id;
    }
}
