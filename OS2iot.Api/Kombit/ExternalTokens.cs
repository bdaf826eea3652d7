using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using OS2iot.Core.SignIn;

namespace OS2iot.Api.Kombit;

/// <summary>
/// Judges what the identity provider signed. Nobody is believed who only brings it here: not the browser, and not the portal either.
/// </summary>
internal sealed partial class ExternalTokens(IOptions<OidcOptions> options, IHttpClientFactory http, TimeProvider clock, ILogger<ExternalTokens> logger)
{
    public const string HttpClientName = "oidc";

    private const int MaxLength = 64 * 1024;

    private const string LogoutEvent = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>An identity token is brought here at once, or not at all.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    /// <summary>Signatures by a public key only: with a secret, whoever reads the published key could sign.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    private readonly Lazy<ConfigurationManager<OpenIdConnectConfiguration>> _configuration = new(() =>
    {
        var authority = options.Value.Authority!;
        return new ConfigurationManager<OpenIdConnectConfiguration>(
            $"{authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(http.CreateClient(HttpClientName)) { RequireHttps = authority.Scheme == Uri.UriSchemeHttps });
    });

    public ConfigurationManager<OpenIdConnectConfiguration> Configuration => _configuration.Value;

    /// <summary>Issuer and keys come from discovery, and are fetched anew when a key is unknown.</summary>
    public TokenValidationParameters Parameters() => new()
    {
        ConfigurationManager = Configuration,
        ValidAudience = options.Value.ClientId,
        ValidAlgorithms = Algorithms,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        RequireAudience = true,
        ClockSkew = options.Value.ClockSkew,
        NameClaimType = "name",
    };

    /// <summary>By what a token is known when it comes again: what was signed, since a signature can be written in several ways.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.ASCII.GetBytes(token[..Math.Max(0, token.LastIndexOf('.'))]));

    /// <summary>Who signed in, or null when the token proves nothing.</summary>
    /// <param name="token">The identity token.</param>
    /// <param name="nonce">What the sign-in was begun with.</param>
    public async Task<ClaimsIdentity?> ReadIdentityAsync(string token, string nonce)
    {
        if (await ValidateAsync(token, "JWT") is not var (identity, jwt))
        {
            return null;
        }

        var reason = !string.Equals(jwt.TryGetPayloadValue<string>("nonce", out var given) ? given : null, nonce, StringComparison.Ordinal) || nonce.Length == 0
                ? "the nonce is another"
            : !IsFresh(jwt) ? "it is too old"
            : jwt.Audiences.Count() > 1 && jwt.Azp != options.Value.ClientId ? "it was made for another client"
            : string.IsNullOrEmpty(jwt.Subject) ? "it names nobody"
            : null;
        if (reason is not null)
        {
            LogRefused(reason);
            return null;
        }

        return identity;
    }

    /// <summary>Whose session ended, or null when the token proves nothing.</summary>
    public async Task<EndedSession?> ReadLogoutAsync(string token)
    {
        if (await ValidateAsync(token, "JWT", "logout+jwt") is not var (_, jwt))
        {
            return null;
        }

        var (sid, subject) = (jwt.TryGetPayloadValue<string>("sid", out var s) ? s : null, string.IsNullOrEmpty(jwt.Subject) ? null : jwt.Subject);
        var isLogout = jwt.TryGetPayloadValue<JsonElement>("events", out var events) && events.ValueKind == JsonValueKind.Object
            && events.TryGetProperty(LogoutEvent, out var logout) && logout.ValueKind == JsonValueKind.Object;
        var reason = !isLogout ? "it tells of no logout"
            : jwt.TryGetPayloadValue<object>("nonce", out _) ? "it is an identity token"
            : !IsFresh(jwt) ? "it is too old"
            : sid is null && subject is null ? "it names no session"
            : null;
        if (reason is not null)
        {
            LogRefused(reason);
            return null;
        }

        return new EndedSession(jwt.Issuer, subject, sid, jwt.ValidTo);
    }

    private bool IsFresh(JsonWebToken token)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return token.IssuedAt > now - MaxAge - options.Value.ClockSkew && token.IssuedAt < now + options.Value.ClockSkew;
    }

    private async Task<(ClaimsIdentity Identity, JsonWebToken Token)?> ValidateAsync(string token, params string[] types)
    {
        if (!options.Value.IsSetUp || token.Length > MaxLength)
        {
            return null;
        }

        var result = await Handler.ValidateTokenAsync(token, Parameters());
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt)
        {
            LogRefused(result.Exception?.GetType().Name ?? "unreadable");
            return null;
        }

        if (jwt.Typ is { Length: > 0 } type && !types.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            LogRefused("it is of another kind");
            return null;
        }

        return (result.ClaimsIdentity, jwt);
    }

    [LoggerMessage(LogLevel.Warning, "A token of the identity provider was refused: {Reason}")]
    private partial void LogRefused(string reason);
}

/// <param name="Issuer">The identity provider; null where it names the session alone.</param>
/// <param name="Subject">All sessions of this user, where no session is named.</param>
/// <param name="Sid">One session.</param>
/// <param name="ExpiresAt">Of the token that said so, in UTC.</param>
internal sealed record EndedSession(string? Issuer, string? Subject, string? Sid, DateTime ExpiresAt);
