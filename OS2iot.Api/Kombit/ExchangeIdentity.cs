using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.SignIn;

namespace OS2iot.Api.Kombit;

internal sealed class ExchangeIdentityRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["idToken"] = Is.Text().Length(1, 64 * 1024),
        ["nonce"] = Is.Text().Length(1, 1000),
    };

    /// <summary>What the identity provider gave for a code. It works once.</summary>
    public string IdToken { get; init; } = "";

    /// <summary>What the sign-in was begun with.</summary>
    public string Nonce { get; init; } = "";
}

/// <summary>Exchanges an identity token of the configured provider for an access token of a few minutes and one that renews it.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized)]
internal sealed class ExchangeIdentity(ExternalTokens tokens, ExternalSignIn signIn, SignInLog log, IOptions<OidcOptions> options, TimeProvider clock)
    : Endpoint<ExchangeIdentityRequest, ExternalLoginResponse>
{
    /// <summary>The token is not taken later than this anyway.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    public override void Configure()
    {
        Post("auth/external");
        AllowAnonymous(); // the token is the proof
    }

    public override async Task<ExternalLoginResponse> ExecuteAsync(ExchangeIdentityRequest request, CancellationToken ct)
    {
        if (!options.Value.IsSetUp || await tokens.ReadIdentityAsync(request.IdToken, request.Nonce) is not { } identity)
        {
            await log.RefusedAsync(null, null, "The identity token proves nothing.");
            throw Refusal.Unauthorized(ErrorCodes.KombitLoginFailed);
        }

        return await signIn.EnterAsync(identity, renewable: true, (ExternalTokens.HashOf(request.IdToken), clock.GetUtcNow() + Remembered), ct);
    }
}

internal sealed class ExternalLogoutRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["logout_token"] = Is.Text().Length(1, 64 * 1024),
    };

    [System.Text.Json.Serialization.JsonPropertyName("logout_token")]
    public string LogoutToken { get; init; } = "";
}

/// <summary>Where the identity provider tells of sessions that ended there (OpenID Connect Back-Channel Logout). They end here too.</summary>
[SucceedsWith(StatusCodes.Status200OK)]
internal sealed class EndExternalSessions(AppDbContext db, ExternalTokens tokens, ExternalSignIn signIn, Sessions sessions, SignInLog log) : Endpoint<ExternalLogoutRequest>
{
    public override void Configure()
    {
        Post("auth/external/logout");
        AllowAnonymous(); // the token is the proof
    }

    public override async Task HandleAsync(ExternalLogoutRequest request, CancellationToken ct)
    {
        if (await tokens.ReadLogoutAsync(request.LogoutToken) is not { } ended)
        {
            await log.LogoutRefusedAsync("The logout token proves nothing.");
            throw Refusal.BadRequestBare();
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await signIn.TakeAsync(ExternalTokens.HashOf(request.LogoutToken), new DateTimeOffset(ended.ExpiresAt, TimeSpan.Zero), ct))
        {
            await log.LogoutRefusedAsync("The logout token was used before.");
            throw Refusal.BadRequestBare();
        }

        await sessions.EndAtProviderAsync(db, log, ended, ct);
        await transaction.CommitAsync(ct);
        await Send.OkAsync(cancellation: ct);
    }
}

internal sealed class EndExternalSessionRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["iss"] = Is.Text().Length(1, 1000).Optional(),
        ["sid"] = Is.Text().Length(8, 200),
    };

    /// <summary>Some providers name the session only.</summary>
    public string? Iss { get; init; }

    public string Sid { get; init; } = "";
}

/// <summary>
/// Ends the session that the identity provider names in a browser (OpenID Connect Front-Channel Logout). Nobody but the provider and the
/// session's own browser knows its name.
/// </summary>
[SucceedsWith(StatusCodes.Status200OK)]
internal sealed class EndExternalSession(AppDbContext db, Sessions sessions, SignInLog log) : Endpoint<EndExternalSessionRequest>
{
    public override void Configure()
    {
        Post("auth/external/front-channel-logout");
        AllowAnonymous(); // the name of the session is the proof; ending it is all that it proves
    }

    public override async Task HandleAsync(EndExternalSessionRequest request, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await sessions.EndAtProviderAsync(db, log, new EndedSession(request.Iss, null, request.Sid, default), ct);
        await transaction.CommitAsync(ct);
        await Send.OkAsync(cancellation: ct);
    }
}

internal static class EndedSessions
{
    /// <summary>Ends what the identity provider says has ended, and tells the audit log for each user.</summary>
    public static async Task EndAtProviderAsync(this Sessions sessions, AppDbContext db, SignInLog log, EndedSession ended, CancellationToken ct)
    {
        var users = await db.UserSessions.Where(s => s.Issuer != null && (ended.Issuer == null || s.Issuer == ended.Issuer) && s.EndedAt == null)
            .Where(s => ended.Sid != null
                ? s.ProviderSession == ended.Sid
                : db.Users.Any(u => u.Id == s.UserId && u.Issuer == ended.Issuer && u.Subject == ended.Subject))
            .Select(s => s.UserId).Distinct().ToListAsync(ct);
        foreach (var userId in users)
        {
            var count = await sessions.EndAsync(
                s => s.UserId == userId && s.Issuer != null && (ended.Issuer == null || s.Issuer == ended.Issuer)
                    && (ended.Sid == null || s.ProviderSession == ended.Sid),
                ct);
            if (count > 0)
            {
                await log.WentAsync(userId, "ended at the identity provider", ct);
            }
        }
    }
}
