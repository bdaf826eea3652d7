using System.Buffers.Text;
using System.Linq.Expressions;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Core.Secrets;
using OS2iot.Core.SignIn;

namespace OS2iot.Api.Auth;

/// <param name="AccessToken">For the header of each request.</param>
internal record LoginResponse(string AccessToken)
{
    /// <summary>When the access token runs out; only where it can be renewed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>For <c>POST /auth/refresh</c>, once: the answer holds the next one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RefreshToken { get; init; }

    /// <summary>When the session ends, however often it is renewed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? SessionExpiresAt { get; init; }
}

/// <summary>What is known of somebody who proved to be a user.</summary>
/// <param name="Id">Of the user.</param>
/// <param name="UserName">What the token calls the user.</param>
/// <param name="IsKombit">Signed in at an identity provider.</param>
internal sealed record SignedInUser(int Id, string UserName, bool IsKombit);

/// <summary>
/// Begins, renews and ends sessions. What renews a session is kept as a hash and changes with each use: who brings one that was used up
/// has stolen it, or was robbed, and the session ends either way.
/// </summary>
internal sealed class Sessions(
    AppDbContext db, AccessTokens tokens, MasterKey masterKey, LookupHash hash, IOptions<JwtOptions> jwt, TimeProvider clock, IHttpContextAccessor http)
{
    /// <summary>Two requests of one browser may renew at the same time, at two portals.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private const string Prefix = "os2iot_rt_";

    private const int MaxLength = 100;

    private const int Bytes = 32;

    /// <summary>For how long sessions that ran out are kept; they are removed when their user signs in.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>Part of the context's transaction if there is one.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="renewable">For clients that renew: a short token and one to renew it. Others get a long one.</param>
    /// <param name="issuer">The identity provider; null for a password.</param>
    /// <param name="providerSession">What that one calls its own session.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<LoginResponse> BeginAsync(SignedInUser user, bool renewable, string? issuer, string? providerSession, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var refresh = renewable ? Token(RandomNumberGenerator.GetBytes(Bytes)) : null;
        var session = new UserSession
        {
            Id = Guid.NewGuid(),
            UserId = user.Id,
            StartedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + (renewable ? jwt.Value.SessionLifetime : jwt.Value.Lifetime),
            RefreshHash = refresh is null ? null : hash.Of(refresh),
            Issuer = issuer,
            ProviderSession = providerSession,
            Address = http.HttpContext?.Connection.RemoteIpAddress?.ToString(),
            Client = ClientName(),
        };
        var old = now - Kept;
        await db.UserSessions.Where(s => s.UserId == user.Id && s.ExpiresAt < old).ExecuteDeleteAsync(ct);
        db.UserSessions.Add(session);
        await db.SaveChangesAsync(ct);
        return Answer(user, session.Id, session.ExpiresAt, refresh);
    }

    /// <summary>Null when the token is none that renews anything, or renews nothing any more.</summary>
    public async Task<(LoginResponse? Answer, int? RobbedUser)> RenewAsync(string token, CancellationToken ct)
    {
        if (token.Length > MaxLength || !token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return default;
        }

        // The next one follows from this one, so that whoever renews at the same time gets the same.
        var now = clock.GetUtcNow();
        var next = Token(HMACSHA256.HashData(masterKey.DeriveFor("next refresh token"), Encoding.UTF8.GetBytes(token)));
        var (given, following) = (hash.Of(token), hash.Of(next));
        await db.UserSessions.Where(s => s.RefreshHash == given && s.EndedAt == null && s.ExpiresAt > now).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.PreviousRefreshHash, given).SetProperty(s => s.RefreshHash, following)
                .SetProperty(s => s.RefreshedAt, now).SetProperty(s => s.LastUsedAt, now),
            ct);
        var found = await db.UserSessions.AsNoTracking().Where(s => s.PreviousRefreshHash == given && s.EndedAt == null && s.ExpiresAt > now)
            .Select(s => new
            {
                s.Id,
                s.UserId,
                s.ExpiresAt,
                s.RefreshHash,
                s.RefreshedAt,
                User = db.Users.Where(u => u.Id == s.UserId && u.Active && !u.IsSystemUser && (u.ExpiresOn == null || u.ExpiresOn > now))
                    .Select(u => new { u.Email, u.NameId }).SingleOrDefault(),
            })
            .FirstOrDefaultAsync(ct);
        if (found?.User is null)
        {
            return default;
        }

        if (found.RefreshedAt < now - Overlap || !CryptographicOperations.FixedTimeEquals(found.RefreshHash, following))
        {
            await EndAsync(s => s.Id == found.Id, ct);
            return (null, found.UserId);
        }

        var user = new SignedInUser(found.UserId, found.User.NameId ?? found.User.Email ?? "", found.User.NameId is not null);
        return (Answer(user, found.Id, found.ExpiresAt, next), null);
    }

    /// <summary>How many ended.</summary>
    public Task<int> EndAsync(Expression<Func<UserSession, bool>> which, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return db.UserSessions.Where(which).Where(s => s.EndedAt == null && s.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), ct);
    }

    private static string Token(byte[] bytes) => Prefix + Base64Url.EncodeToString(bytes);

    private LoginResponse Answer(SignedInUser user, Guid session, DateTimeOffset sessionExpires, string? refresh)
    {
        var now = clock.GetUtcNow();
        if (refresh is null)
        {
            return new LoginResponse(tokens.Create(user.Id, user.UserName, user.IsKombit, session, sessionExpires));
        }

        var expires = now + jwt.Value.ShortLifetime < sessionExpires ? now + jwt.Value.ShortLifetime : sessionExpires;
        return new LoginResponse(tokens.Create(user.Id, user.UserName, user.IsKombit, session, expires))
        {
            ExpiresAt = expires,
            RefreshToken = refresh,
            SessionExpiresAt = sessionExpires,
        };
    }

    // The portal signs people in for their browsers, and says which.
    private string? ClientName()
    {
        var name = http.HttpContext?.Request.Headers.UserAgent.ToString() ?? "";
        var printable = string.Concat(name.Where(c => !char.IsControl(c)).Take(UserSession.ClientMaxLength));
        return printable.Length == 0 ? null : printable;
    }
}
