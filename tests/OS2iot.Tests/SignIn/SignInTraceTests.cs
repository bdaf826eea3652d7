using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Api.Audit;
using OS2iot.Api.Auth;
using OS2iot.Simulator.IdentityProvider;
using OS2iot.Tests.Api;
using OS2iot.Tests.Fakes;
using OtpNet;

namespace OS2iot.Tests.SignIn;

/// <summary>What signing in leaves behind: a line in the audit log each time, and no secret anywhere.</summary>
[Collection(ApiCollection.Name)]
public sealed class SignInTraceTests(ApiHost host) : IAsyncLifetime
{
    private const string Nonce = "the-nonce";

    private const string NewPassword = "a longer one for summer rain";

    private readonly LogLines _lines = new();

    private FakeIdentityProvider _provider = null!;

    private WebApplicationFactory<Login> _api = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeIdentityProvider.StartAsync();
        _api = host.Another(builder =>
        {
            builder.UseSetting("Oidc:Authority", _provider.Authority);
            builder.UseSetting("Oidc:ClientId", FakeIdentityProvider.ClientId);
            builder.UseSetting("Oidc:ClientSecret", "the secret of the client");
            builder.UseSetting("Portal:PublicUrl", "https://portal.example.dk/");
            builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_lines));
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Audit_WhateverHappensAtSignIn_TellsOfIt()
    {
        var last = await host.Database.ScalarAsync<long>("SELECT coalesce(max(id), 0) FROM audit_entries");
        var token = await _provider.TokenAsync("anna");
        var session = (await ExchangeAsync(token)).Is(HttpStatusCode.Created);
        (await ExchangeAsync(token)).Is(HttpStatusCode.Unauthorized);
        foreach (var fault in new[] { TokenFault.WrongSignature, TokenFault.BrokenPrivileges })
        {
            (await ExchangeAsync(await _provider.TokenAsync("anna", fault: fault))).Is(HttpStatusCode.Unauthorized);
        }

        (await ExchangeAsync(await _provider.TokenAsync("eva"))).Is(HttpStatusCode.Unauthorized);
        (await LogoutAsync("x")).Is(HttpStatusCode.BadRequest);
        (await Anonymous().Post("auth/refresh", new { refreshToken = session["refreshToken"].GetString() })).Is(HttpStatusCode.Created);
        await host.Database.ExecuteAsync("UPDATE user_sessions SET refreshed_at = refreshed_at - interval '2 minutes'");
        (await Anonymous().Post("auth/refresh", new { refreshToken = session["refreshToken"].GetString() })).Is(HttpStatusCode.Unauthorized);
        (await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Created);
        var logout = _provider.Tokens.LogoutToken(_provider.Authority, FakeIdentityProvider.ClientId, TownUser.All.Single(u => u.Login == "anna").Subject, null);
        (await LogoutAsync(logout)).Is(HttpStatusCode.OK);
        (await LogoutAsync(logout)).Is(HttpStatusCode.BadRequest);
        await host.Database.ExecuteAsync($"UPDATE users SET active = false WHERE issuer = '{_provider.Authority}'");
        (await ExchangeAsync(await _provider.TokenAsync("anna"))).Is(HttpStatusCode.Unauthorized);

        await using var db = host.Database.CreateContext();
        var told = await db.AuditEntries.Where(e => e.Id > last).OrderBy(e => e.Id).Select(e => new { e.Action, e.Succeeded, e.Reason, e.After }).ToListAsync(Ct);

        Assert.Equal(
            [
                "LOGIN", "LOGIN: The token was used before.", "LOGIN: The identity token proves nothing.", "LOGIN: The privilege list is no XML that may be read.",
                "LOGIN: The role is missing.", "LOGOUT: The logout token proves nothing.", "LOGIN: A refresh token was used again; its session was ended.",
                "LOGIN", "LOGOUT {\"reason\": \"ended at the identity provider\"}", "LOGOUT: The logout token was used before.", "LOGIN: The user is switched off or expired.",
            ],
            told.Where(e => e.Action is "LOGIN" or "LOGOUT").Select(e => $"{e.Action}{(e.Succeeded ? "" : ": ")}{e.Reason}{(e.After is null ? "" : " ")}{e.After}"));
    }

    [Fact]
    public async Task Audit_WhenUsersChangeHowTheySignIn_TellsOfItWithoutWhatTheySent()
    {
        await _api.Services.GetRequiredService<FailureLog>().FlushAsync(force: true);
        var email = await host.AUser(4);
        var client = Anonymous();
        client.Token = (await LoginAsync(email, ApiHost.Password)).Is(HttpStatusCode.Created)["accessToken"].GetString();
        var id = (await client.Get("auth/me"))["user"].GetProperty("id").GetInt32();
        (await client.Put("account/password", new { currentPassword = "a guess at it", password = NewPassword })).Is(HttpStatusCode.BadRequest);
        (await client.Put("account/password", new { currentPassword = ApiHost.Password, password = NewPassword })).Is(HttpStatusCode.OK);
        var secret = (await client.Post("account/one-time-codes", null)).Is(HttpStatusCode.Created)["secret"].GetString()!;
        (await client.Put("account/one-time-codes", new { secret, code = CodeOf(secret), currentPassword = NewPassword })).Is(HttpStatusCode.OK);
        (await LoginAsync(email, NewPassword, "000000")).Is(HttpStatusCode.Unauthorized);
        (await client.Post("account/one-time-codes/stop", new { currentPassword = NewPassword })).Is(HttpStatusCode.OK);
        (await client.Post("auth/logout", null)).Is(HttpStatusCode.NoContent);

        await using var db = host.Database.CreateContext();
        var entity = $"{id}";
        var told = await db.AuditEntries.Where(e => e.UserId == id || e.UserName == email || e.EntityId == entity).OrderBy(e => e.Id).ToListAsync(Ct);
        var lines = told.Select(e => $"{e.Action} {e.Reason}{e.After}").ToList();

        Assert.Contains("LOGIN ", lines);
        Assert.Contains("UPDATE MESSAGE.PASSWORD-WRONG", lines);
        Assert.Contains("UPDATE {\"signIn\": \"password changed\"}", lines);
        Assert.Contains("UPDATE {\"signIn\": \"one-time codes in use\"}", lines);
        Assert.Contains("LOGIN Wrong one-time code.", lines);
        Assert.Contains("UPDATE {\"signIn\": \"one-time codes no longer in use\"}", lines);
        Assert.Contains("LOGOUT {\"reason\": \"signed out\"}", lines);
        Assert.All(told, e => Assert.DoesNotContain(secret, $"{e.Before}{e.After}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_WhateverHappensAtSignIn_HoldsNoSecret()
    {
        var email = await host.AUser(4);
        var idToken = await _provider.TokenAsync("anna");
        var session = (await ExchangeAsync(idToken)).Is(HttpStatusCode.Created);
        (await ExchangeAsync(idToken)).Is(HttpStatusCode.Unauthorized);
        var forged = await _provider.TokenAsync("anna", fault: TokenFault.WrongSignature);
        (await ExchangeAsync(forged)).Is(HttpStatusCode.Unauthorized);
        (await LogoutAsync(forged)).Is(HttpStatusCode.BadRequest);
        var renewed = (await Anonymous().Post("auth/refresh", new { refreshToken = session["refreshToken"].GetString() })).Is(HttpStatusCode.Created);
        (await LoginAsync(email, "a guess at the password")).Is(HttpStatusCode.Unauthorized);
        var client = Anonymous();
        client.Token = (await LoginAsync(email, ApiHost.Password)).Is(HttpStatusCode.Created)["accessToken"].GetString();
        var secret = (await client.Post("account/one-time-codes", null)).Is(HttpStatusCode.Created)["secret"].GetString()!;
        var recovery = (await client.Put("account/one-time-codes", new { secret, code = CodeOf(secret), currentPassword = ApiHost.Password })).Is(HttpStatusCode.OK)["recoveryCodes"][0].GetString()!;
        (await Anonymous().Post("account/forgotten-password", new { email })).Is(HttpStatusCode.Created);
        var reset = await ResetTokenAsync(email);
        (await Anonymous().Post("account/reset-password", new { token = reset, password = NewPassword })).Is(HttpStatusCode.Created);
        (await Anonymous().Post("account/reset-password", new { token = reset, password = NewPassword })).Is(HttpStatusCode.BadRequest);
        var organization = await host.AnOrganization();
        var (old, id) = await host.AnApiKey(await host.APermission(organization));
        var admin = Anonymous();
        admin.Token = (await host.SignedInAsUserAdminOf(organization)).Token;
        var key = (await admin.Post($"api-key/{id}/rotate", new { })).Is(HttpStatusCode.Created)["key"].GetString()!;
        var browser = _api.CreateClient(ApiHost.NoRedirects);
        var away = await browser.GetAsync("/api/v1/auth/kombit/login?redirect=https%3A%2F%2Fportal.example.dk%2F", Ct);
        using var provider = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var back = (await provider.GetAsync($"{away.Headers.Location}&user=anna", Ct)).Headers.Location!;
        var last = await browser.GetAsync(back, Ct);
        var code = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(back.Query)["code"].ToString();
        var jwt = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(last.Headers.Location!.Query)["jwt"].ToString();

        string[] secrets =
        [
            idToken, forged, session["accessToken"].GetString()!, session["refreshToken"].GetString()!, renewed["refreshToken"].GetString()!, client.Token!, secret,
            recovery, reset, key, old.ApiKey!, code, jwt, ApiHost.Password, NewPassword, "a guess at the password", "the secret of the client",
        ];
        Assert.All(secrets, s => Assert.True(s.Length > 5));
        Assert.NotEmpty(_lines.All);
        foreach (var value in secrets)
        {
            // The signature is what makes a token one.
            var telling = value.Split('.')[^1];
            Assert.DoesNotContain(_lines.All, line => line.Contains(telling, StringComparison.Ordinal));
        }
    }

    private static string CodeOf(string secret) => new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime);

    private ApiClient Anonymous() => new(_api.CreateClient(ApiHost.NoRedirects));

    private Task<Answer> ExchangeAsync(string idToken) => Anonymous().Post("auth/external", new { idToken, nonce = Nonce });

    private Task<Answer> LogoutAsync(string token) =>
        Anonymous().PostText("auth/external/logout", $"logout_token={Uri.EscapeDataString(token)}", "application/x-www-form-urlencoded");

    private Task<Answer> LoginAsync(string username, string password, string? code = null) =>
        Anonymous().Post("auth/login", new { username, password, code });

    private async Task<string> ResetTokenAsync(string email)
    {
        while (true)
        {
            if (host.Mailer.To(email) is [var mail, ..])
            {
                return mail.HtmlBody.Split("?token=")[1].Split('"')[0];
            }

            await Task.Delay(50, Ct);
        }
    }
}
