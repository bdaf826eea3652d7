using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Simulator.IdentityProvider;

namespace OS2iot.Tests.SignIn;

/// <summary>The simulator's identity provider alone, on a port of loopback.</summary>
internal sealed class FakeIdentityProvider : IAsyncDisposable
{
    public const string ClientId = "os2iot-portal";

    private readonly WebApplication _app;

    private FakeIdentityProvider(WebApplication app) => _app = app;

    /// <summary>Also the issuer.</summary>
    public string Authority => _app.Urls.First() + "/";

    public ProviderSessions Sessions => _app.Services.GetRequiredService<ProviderSessions>();

    public TokenForger Tokens => _app.Services.GetRequiredService<TokenForger>();

    public LogoutSender Logout => _app.Services.GetRequiredService<LogoutSender>();

    /// <param name="authority">That of one that ended, where this one follows it with keys of its own.</param>
    public static async Task<FakeIdentityProvider> StartAsync(string? authority = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls(authority ?? "http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddIdentityProvider();
        var app = builder.Build();
        app.MapIdentityProvider();
        await app.StartAsync();
        return new FakeIdentityProvider(app);
    }

    /// <summary>An identity token as a client gets it, by the whole flow.</summary>
    public async Task<string> TokenAsync(string user, string nonce = "the-nonce", TokenFault fault = TokenFault.None)
    {
        const string Redirect = "http://localhost:1/signin-oidc";
        var ct = TestContext.Current.CancellationToken;
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(Authority) };
        var away = await http.GetAsync(
            QueryHelpers.AddQueryString("/connect/authorize", new Dictionary<string, string?>
            {
                ["client_id"] = ClientId,
                ["redirect_uri"] = Redirect,
                ["response_type"] = "code",
                ["scope"] = "openid profile",
                ["nonce"] = nonce,
                ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
                ["code_challenge_method"] = "S256",
                ["user"] = user,
            }),
            ct);
        Sessions.NextFault = fault;
        using var body = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = ClientId,
            ["client_secret"] = "a secret",
            ["code"] = QueryHelpers.ParseQuery(away.Headers.Location!.Query)["code"].ToString(),
            ["redirect_uri"] = Redirect,
            ["code_verifier"] = verifier,
        });
        using var answer = await http.PostAsync("/connect/token", body, ct);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id_token").GetString()!;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
