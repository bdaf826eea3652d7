using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using OS2iot.Simulator.IdentityProvider;

namespace OS2iot.Tests.SignIn;

/// <summary>The simulated identity provider speaks as a real one does; what is wrong with it on request is wrong.</summary>
public sealed class IdentityProviderTests : IAsyncLifetime
{
    private const string Redirect = "http://localhost:1/signin-oidc";

    private readonly string _verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private FakeIdentityProvider _provider = null!;

    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeIdentityProvider.StartAsync();
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_provider.Authority) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Discovery_WhenAsked_TellsOfKeysLogoutAndPkce()
    {
        var discovery = await _http.GetFromJsonAsync<JsonElement>("/.well-known/openid-configuration", TestContext.Current.CancellationToken);

        Assert.Equal(_provider.Authority, discovery.GetProperty("issuer").GetString());
        Assert.True(discovery.GetProperty("backchannel_logout_session_supported").GetBoolean());
        Assert.Contains("S256", discovery.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(m => m.GetString()));
        var keys = await _http.GetFromJsonAsync<JsonElement>(discovery.GetProperty("jwks_uri").GetString(), TestContext.Current.CancellationToken);
        Assert.Equal("simulator", keys.GetProperty("keys")[0].GetProperty("kid").GetString());
    }

    [Fact]
    public async Task SignIn_WhenAUserIsChosen_GivesACodeThatWorksOnceAndATokenWithPrivileges()
    {
        var page = await (await _http.GetAsync(AuthorizeAddress(), TestContext.Current.CancellationToken)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Anna", page, StringComparison.Ordinal);
        var code = await CodeAsync("anna");

        var claims = Claims(await TokenAsync(code));

        Assert.Equal(FakeIdentityProvider.ClientId, (string?)claims["aud"]);
        Assert.Equal("the-nonce", (string?)claims["nonce"]);
        Assert.Equal("Anna Ågård", (string?)claims["name"]);
        Assert.Contains(TownUser.Role, Encoding.UTF8.GetString(Convert.FromBase64String((string)claims["privileges_intermediate"]!)), StringComparison.Ordinal);
        Assert.Equal((string?)claims["sid"], Assert.Single(_provider.Sessions.All).Sid);
        Assert.Equal(HttpStatusCode.BadRequest, (await ExchangeAsync(code)).StatusCode);
    }

    [Fact]
    public async Task Code_WhenTheVerifierIsAnother_IsRefused()
    {
        var code = await CodeAsync("anna");

        Assert.Equal(HttpStatusCode.BadRequest, (await ExchangeAsync(code, verifier: new string('x', 43))).StatusCode);
    }

    [Fact]
    public async Task Redirect_WhenItLeavesThisMachine_IsRefused()
    {
        var answer = await _http.GetAsync(AuthorizeAddress("anna", "https://evil.example/"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData(nameof(TokenFault.AlgorithmNone))]
    [InlineData(nameof(TokenFault.OtherAudience))]
    [InlineData(nameof(TokenFault.OtherIssuer))]
    [InlineData(nameof(TokenFault.Expired))]
    [InlineData(nameof(TokenFault.UnknownKey))]
    public async Task Token_WhenAFaultIsAskedFor_HasItOnce(string fault)
    {
        var asked = await _http.PutAsJsonAsync("/identity-provider/faults", new { fault }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, asked.StatusCode);

        var spoilt = await TokenAsync(await CodeAsync("anna"));
        var sound = await TokenAsync(await CodeAsync("anna"));

        Assert.True(IsAtFault(spoilt, fault));
        Assert.False(IsAtFault(sound, fault));
    }

    private static JsonObject Claims(string token) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();

    private bool IsAtFault(string token, string fault)
    {
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]))!;
        var claims = Claims(token);
        return fault switch
        {
            nameof(TokenFault.AlgorithmNone) => (string?)header["alg"] == "none" && token.EndsWith('.'),
            nameof(TokenFault.OtherAudience) => (string?)claims["aud"] != FakeIdentityProvider.ClientId,
            nameof(TokenFault.OtherIssuer) => (string?)claims["iss"] != _provider.Authority,
            nameof(TokenFault.Expired) => DateTimeOffset.FromUnixTimeSeconds((long)claims["exp"]!) < TimeProvider.System.GetUtcNow(),
            _ => (string?)header["kid"] != "simulator",
        };
    }

    private string AuthorizeAddress(string? user = null, string redirect = Redirect) => QueryHelpers.AddQueryString("/connect/authorize", new Dictionary<string, string?>
    {
        ["client_id"] = FakeIdentityProvider.ClientId,
        ["redirect_uri"] = redirect,
        ["response_type"] = "code",
        ["scope"] = "openid profile",
        ["nonce"] = "the-nonce",
        ["state"] = "the-state",
        ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(_verifier))),
        ["code_challenge_method"] = "S256",
        ["user"] = user,
    });

    private async Task<string> CodeAsync(string user)
    {
        var answer = await _http.GetAsync(AuthorizeAddress(user), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return QueryHelpers.ParseQuery(answer.Headers.Location!.Query)["code"].ToString();
    }

    private Task<HttpResponseMessage> ExchangeAsync(string code, string? verifier = null) => _http.PostAsync(
        "/connect/token",
        new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = FakeIdentityProvider.ClientId,
            ["client_secret"] = "a secret",
            ["code"] = code,
            ["redirect_uri"] = Redirect,
            ["code_verifier"] = verifier ?? _verifier,
        }),
        TestContext.Current.CancellationToken);

    private async Task<string> TokenAsync(string code)
    {
        var answer = await ExchangeAsync(code);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonElement.Parse(body).GetProperty("id_token").GetString()!;
    }
}
