using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.SignIn;

namespace OS2iot.Api.Kombit;

/// <param name="AccessToken">For the header of each request.</param>
internal sealed record ExternalLoginResponse(string AccessToken) : LoginResponse(AccessToken)
{
    /// <summary>The user belongs nowhere yet, and should say where to ask.</summary>
    public bool NeedsAccess { get; init; }

    /// <summary>What to propose as the e-mail; the user has none yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProposedEmail { get; init; }

    /// <summary>Where to propose to ask.</summary>
    public IReadOnlyList<int> ProposedOrganizationIds { get; init; } = [];
}

/// <summary>Lets somebody in whom the identity provider vouches for. A newcomer becomes a user who may do nothing yet.</summary>
internal sealed class ExternalSignIn(AppDbContext db, Sessions sessions, SignInLog log, IOptions<OidcOptions> options, TimeProvider clock)
{
    /// <param name="claims">Of a token that was judged already.</param>
    /// <param name="renewable">For clients that renew their tokens.</param>
    /// <param name="token">Its hash and end, so that it is taken once; null where that is seen to.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Refusal">401 with the reason as its code.</exception>
    public async Task<ExternalLoginResponse> EnterAsync(ClaimsIdentity claims, bool renewable, (byte[] Hash, DateTimeOffset Expires)? token, CancellationToken ct)
    {
        var who = await ReadAsync(claims);
        var user = await FindAsync(who, ct);
        if (!who.HasRole || !who.HasAssurance)
        {
            // Whoever lost the role does not go on where another browser is signed in.
            await EndSessionsAsync(user, ct);
            throw await RefusedAsync(who, user, ErrorCodes.MissingRole, who.HasRole ? "The level of assurance is too low." : "The role is missing.");
        }

        if (user is not null && (!user.Active || user.ExpiresOn <= clock.GetUtcNow()))
        {
            throw await RefusedAsync(who, user, ErrorCodes.UserInactive, "The user is switched off or expired.");
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (token is { } used && !await TakeAsync(used.Hash, used.Expires, ct))
        {
            throw await RefusedAsync(who, user, ErrorCodes.KombitLoginFailed, "The token was used before.");
        }

        user = await SaveAsync(user, who, ct);
        var answer = await sessions.BeginAsync(new SignedInUser(user.Id, user.NameId!, IsKombit: true), renewable, who.Issuer, who.Sid, ct);
        await log.CameInAsync(user.NameId, user.Id, ct);
        var belongs = await db.Users.Where(u => u.Id == user.Id).Select(u => u.Permissions.Any()).SingleAsync(ct);
        var proposed = belongs ? [] : who.Cvrs.Where(options.Value.Organizations.ContainsKey).Select(cvr => options.Value.Organizations[cvr]).Distinct().ToList();
        var existing = proposed.Count == 0 ? [] : await db.Organizations.Where(o => proposed.Contains(o.Id)).Select(o => o.Id).Order().ToListAsync(ct);
        await transaction.CommitAsync(ct);
        return new ExternalLoginResponse(answer.AccessToken)
        {
            ExpiresAt = answer.ExpiresAt,
            RefreshToken = answer.RefreshToken,
            SessionExpiresAt = answer.SessionExpiresAt,
            NeedsAccess = !belongs,
            ProposedEmail = user.Email is null ? who.Email : null,
            ProposedOrganizationIds = existing,
        };
    }

    /// <summary>False when somebody brought the token before.</summary>
    public async Task<bool> TakeAsync(byte[] hash, DateTimeOffset expires, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.UsedTokens.Where(t => t.ExpiresAt < now).ExecuteDeleteAsync(ct);
        var keep = expires + options.Value.ClockSkew;
        return await db.Database.ExecuteSqlAsync($"INSERT INTO used_tokens (hash, expires_at) VALUES ({hash}, {keep}) ON CONFLICT DO NOTHING", ct) == 1;
    }

    private async Task<ExternalIdentity> ReadAsync(ClaimsIdentity claims)
    {
        try
        {
            return ExternalIdentity.Read(claims, options.Value);
        }
        catch (FormatException exception)
        {
            await log.RefusedAsync(claims.Name, null, exception.Message);
            throw Refusal.Unauthorized(ErrorCodes.MissingRole);
        }
    }

    private async Task<User?> FindAsync(ExternalIdentity who, CancellationToken ct) =>
        await db.Users.SingleOrDefaultAsync(u => u.Issuer == who.Issuer && u.Subject == who.Subject, ct)

            // Who came by SAML, or by a provider that was there before this one.
            ?? (who.NameId is null ? null : await db.Users.SingleOrDefaultAsync(u => u.NameId == who.NameId && u.Issuer != who.Issuer && !u.IsSystemUser, ct));

    private async Task<User> SaveAsync(User? user, ExternalIdentity who, CancellationToken ct)
    {
        if (user is null)
        {
            user = new User { Name = who.Name, NameId = who.NameId ?? $"{who.Issuer}|{who.Subject}", ShowWelcomeScreen = true };
            db.Users.Add(user);
        }

        user.Issuer = who.Issuer;
        user.Subject = who.Subject;
        user.Name = who.Name == "?" ? user.Name : who.Name;
        user.LastLogin = clock.GetUtcNow();
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            // Two first sign-ins at once, or a name that another identity has already.
            throw await RefusedAsync(who, null, ErrorCodes.KombitLoginFailed, "The user's name at the identity provider is another user's.");
        }

        return user;
    }

    private async Task EndSessionsAsync(User? user, CancellationToken ct)
    {
        if (user is not null && await sessions.EndAsync(s => s.UserId == user.Id && s.Issuer != null, ct) > 0)
        {
            await log.WentAsync(user.Id, "the role is gone", ct);
        }
    }

    private async Task<Refusal> RefusedAsync(ExternalIdentity who, User? user, string code, string reason)
    {
        await log.RefusedAsync(who.Name, user?.Id, reason);
        return Refusal.Unauthorized(code);
    }
}
