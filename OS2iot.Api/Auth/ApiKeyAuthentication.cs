using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Api.ApiKeys;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Auth;

/// <summary>Lets programs in that send <c>X-API-KEY</c>. A token that comes along is tried first.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    AppDbContext db, ApiKeySecret secret, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    public const string Header = "X-API-KEY";

    private static readonly TimeSpan BetweenNotes = TimeSpan.FromHours(1);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization.Count > 0 && await Context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme) is { Succeeded: true } token)
        {
            return token;
        }

        var given = Request.Headers[Header].ToString();
        var caller = given.Length is > 0 and <= ApiKeySecret.MaxLength
            ? await Caller.FindByApiKeyAsync(db, secret.HashOf(given), clock.GetUtcNow(), Context.RequestAborted)
            : null;
        if (caller is null)
        {
            throw Refusal.WrongApiKey();
        }

        Context.Features.Set(caller);
        await NoteUseAsync(caller.ApiKeyId);
        var identity = new ClaimsIdentity(
            [new Claim(AccessTokens.UserId, caller.UserId.ToString(CultureInfo.InvariantCulture))], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    private Task<int> NoteUseAsync(int? id)
    {
        var now = clock.GetUtcNow();
        var before = now - BetweenNotes;
        return db.ApiKeys.Where(k => k.Id == id && (k.LastUsedAt == null || k.LastUsedAt < before))
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedAt, now), Context.RequestAborted);
    }
}

/// <summary>The endpoint also lets programs with an API key in.</summary>
internal sealed class AcceptsApiKeys
{
    public static readonly AcceptsApiKeys Instance = new();

    /// <summary>
    /// Where programs may go: to data, never to people and what they may do. An address that is not listed takes no keys.
    /// </summary>
    private static readonly string[] Addresses =
    [
        "application", "iot-device", "data-target", "datatarget-log", "iot-device-payload-decoder-data-target-connection", "payload-decoder",
        "test-payload-decoder", "device-model", "multicast", "search", "chirpstack", "lorawan", "sigfox-group", "sigfox-device-type", "sigfox-contract",
        "sigfox-api-device", "api-key-info",
    ];

    public static bool At(string route) => Addresses.Contains(route.TrimStart('/').Split('/')[0], StringComparer.OrdinalIgnoreCase);
}
