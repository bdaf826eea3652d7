using System.Buffers.Text;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.Testing;
using OS2iot.Api.Auth;
using OS2iot.Tests.Api;

namespace OS2iot.Tests.SignIn;

/// <summary>Identity providers differ in what they call things; the settings say how this one does.</summary>
[Collection(ApiCollection.Name)]
public sealed class ProviderSettingsTests(ApiHost host) : IAsyncLifetime
{
    private const string Nonce = "the-nonce";

    private FakeIdentityProvider _provider = null!;

    public async ValueTask InitializeAsync() => _provider = await FakeIdentityProvider.StartAsync();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Theory]
    [InlineData("""["somebody","os2iot-user"]""", HttpStatusCode.Created)]
    [InlineData("\"os2iot-user\"", HttpStatusCode.Created)]
    [InlineData("""["os2iot-users","OS2IOT-USER","xos2iot-user"]""", HttpStatusCode.Unauthorized)]
    [InlineData("[]", HttpStatusCode.Unauthorized)]
    public async Task Exchange_WhenRolesHaveOtherNames_ComparesThemWhole(string roles, HttpStatusCode status)
    {
        await using var api = Api(_provider, ("RequiredRole", "os2iot-user"), ("RoleClaims:0", "realm_roles"));

        // The privilege list stays in the token, and opens nothing where it is not asked for.
        var answer = await ExchangeAsync(api, await TokenAsync("anna", claims => claims["realm_roles"] = JsonNode.Parse(roles)));

        answer.Is(status);
    }

    [Fact]
    public async Task Exchange_WhenTheProviderItselfKeepsOthersOut_AsksForNoRole()
    {
        await using var api = Api(_provider, ("RequiredRole", ""));

        (await ExchangeAsync(api, await _provider.TokenAsync("ole"))).Is(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("High", HttpStatusCode.Created)]
    [InlineData("https://data.gov.dk/concept/core/nsis/loa/High", HttpStatusCode.Created)]
    [InlineData("Substantial", HttpStatusCode.Unauthorized)]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("4", HttpStatusCode.Unauthorized)]
    public async Task Exchange_WhenAnAssuranceIsAskedFor_HoldsTheTokenToIt(string assurance, HttpStatusCode status)
    {
        await using var api = Api(_provider, ("MinimumAssurance", "High"));

        (await ExchangeAsync(api, await TokenAsync("anna", claims => claims["loa"] = assurance))).Is(status);
    }

    [Theory]
    [InlineData(90, 300, HttpStatusCode.Created)] // their clock is fast
    [InlineData(240, 300, HttpStatusCode.Unauthorized)]
    [InlineData(-300, -90, HttpStatusCode.Created)] // ran out, but not by much
    [InlineData(-500, -240, HttpStatusCode.Unauthorized)]
    [InlineData(-3600, 3600, HttpStatusCode.Unauthorized)] // holds, and is old: who brings it so late?
    public async Task Exchange_WhenClocksDiffer_AllowsForTwoMinutes(int issued, int expires, HttpStatusCode status)
    {
        await using var api = Api(_provider);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        var answer = await ExchangeAsync(api, await TokenAsync("anna", claims =>
        {
            claims["iat"] = now + issued;
            claims["nbf"] = now + issued;
            claims["exp"] = now + expires;
        }));

        answer.Is(status);
    }

    [Fact]
    public async Task Exchange_WhenTheProviderWasChanged_KnowsUsersByTheNameThatStayed()
    {
        await using var next = await FakeIdentityProvider.StartAsync();
        await using var before = Api(_provider, ("NameIdClaim", "name_id"));
        await using var after = Api(next, ("NameIdClaim", "name_id"));
        var name = $"C=DK,O=11111111,CN=Anna,Serial={Guid.NewGuid()}";
        var first = await MeAsync(before, await ExchangeAsync(before, await TokenAsync("anna", claims => claims["name_id"] = name)));

        var again = await MeAsync(after, await ExchangeAsync(after, await TokenAsync("anna", claims => claims["name_id"] = name, next)));
        Assert.Equal(first, again);

        // Somebody else of the same provider with the same name is not the same person.
        (await ExchangeAsync(after, await TokenAsync(
            "anna",
            claims =>
            {
                claims["name_id"] = name;
                claims["sub"] = "another";
            },
            next))).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Exchange_WhenAnEmailIsThatOfALocalUser_IsNotThatUser()
    {
        await using var api = Api(_provider);
        var email = await host.AUser(4);
        var local = await host.Database.ScalarAsync<int>($"SELECT id FROM users WHERE email = '{email}'");

        var answer = await ExchangeAsync(api, await TokenAsync("anna", claims =>
        {
            claims["email"] = email;
            claims["email_verified"] = true;
            claims["sub"] = $"{Guid.NewGuid()}";
        }));

        Assert.NotEqual(local, await MeAsync(api, answer));
    }

    private static Task<Answer> ExchangeAsync(WebApplicationFactory<Login> api, string idToken) =>
        new ApiClient(api.CreateClient(ApiHost.NoRedirects)).Post("auth/external", new { idToken, nonce = Nonce });

    private static async Task<int> MeAsync(WebApplicationFactory<Login> api, Answer signedIn)
    {
        var client = new ApiClient(api.CreateClient(ApiHost.NoRedirects)) { Token = signedIn.Is(HttpStatusCode.Created)["accessToken"].GetString() };
        return (await client.Get("auth/me")).Is(HttpStatusCode.OK)["user"].GetProperty("id").GetInt32();
    }

    private async Task<string> TokenAsync(string user, Action<JsonObject> change, FakeIdentityProvider? provider = null)
    {
        provider ??= _provider;
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars((await provider.TokenAsync(user, Nonce)).Split('.')[1]))!.AsObject();
        change(claims);
        return provider.Tokens.Sign(claims);
    }

    private WebApplicationFactory<Login> Api(FakeIdentityProvider provider, params (string Name, string Value)[] settings) => host.Another(builder =>
    {
        builder.UseSetting("Oidc:Authority", provider.Authority);
        builder.UseSetting("Oidc:ClientId", FakeIdentityProvider.ClientId);
        builder.UseSetting("Oidc:ClientSecret", "a secret");
        foreach (var (name, value) in settings)
        {
            builder.UseSetting($"Oidc:{name}", value);
        }
    });
}
