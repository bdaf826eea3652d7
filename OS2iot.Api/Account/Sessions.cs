using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Account;

/// <param name="Id">By which it can be ended.</param>
/// <param name="StartedAt">The sign-in.</param>
/// <param name="LastUsedAt">To the few minutes that an access token lasts.</param>
/// <param name="ExpiresAt">Ends then at the latest.</param>
/// <param name="Address">Where the sign-in came from.</param>
/// <param name="Client">What the browser or program called itself.</param>
/// <param name="IsExternal">Signed in at an identity provider.</param>
/// <param name="IsCurrent">The one that asks.</param>
internal sealed record SessionResponse(
    Guid Id, DateTimeOffset StartedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, string? Address, string? Client, bool IsExternal, bool IsCurrent);

/// <summary>Where the caller is signed in, newest first.</summary>
internal sealed class ListSessions(AppDbContext db, Caller caller, TimeProvider clock) : EndpointWithoutRequest<ListResponse<SessionResponse>>
{
    /// <summary>Nobody looks through more.</summary>
    private const int Most = 100;

    public override void Configure()
    {
        Get("account/sessions");
        Policies(Role.SignedIn);
    }

    public override async Task<ListResponse<SessionResponse>> ExecuteAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var sessions = await db.UserSessions.AsNoTracking()
            .Where(s => s.UserId == caller.UserId && s.EndedAt == null && s.ExpiresAt > now)
            .OrderByDescending(s => s.StartedAt).ThenBy(s => s.Id).Take(Most)
            .Select(s => new SessionResponse(s.Id, s.StartedAt, s.LastUsedAt, s.ExpiresAt, s.Address, s.Client, s.Issuer != null, s.Id == caller.SessionId))
            .ToListAsync(ct);
        return new ListResponse<SessionResponse>(sessions, sessions.Count);
    }
}

/// <summary>Ends one of the caller's sessions.</summary>
internal sealed class EndSession(Caller caller, Sessions sessions, SignInLog log) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("account/sessions/{sessionId}");
        Policies(Role.SignedIn);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var ended = Guid.TryParse(Route<string>("sessionId"), out var id) ? await sessions.EndAsync(s => s.Id == id && s.UserId == caller.UserId, ct) : 0;
        if (ended == 0)
        {
            throw Refusal.NotFound();
        }

        await log.WentAsync(caller.UserId, "ended from another session", ct);
        return new AffectedResponse(ended);
    }
}

/// <summary>Ends all of the caller's sessions but the one that asks.</summary>
internal sealed class EndOtherSessions(Caller caller, Sessions sessions, SignInLog log) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("account/sessions");
        Policies(Role.SignedIn);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var ended = await sessions.EndAsync(s => s.UserId == caller.UserId && s.Id != caller.SessionId, ct);
        if (ended > 0)
        {
            await log.WentAsync(caller.UserId, "ended from another session", ct);
        }

        return new AffectedResponse(ended);
    }
}
