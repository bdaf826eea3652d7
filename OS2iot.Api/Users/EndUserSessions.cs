using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>Signs a user out everywhere, of whom the caller manages all that the user may do.</summary>
internal sealed class EndUserSessions(AppDbContext db, Caller caller, Sessions sessions, SignInLog log) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("user/{id}/sessions");
        Policies(Role.UserAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        await db.RequireWritableAsync(caller, id, ct);
        var ended = await sessions.EndAsync(s => s.UserId == id, ct);
        if (ended > 0)
        {
            await log.WentAsync(id, "signed out by an administrator", ct);
        }

        return new AffectedResponse(ended);
    }
}

/// <summary>Takes the one-time codes from a user who lost them; the password is enough again.</summary>
internal sealed class StopUserOneTimeCodes(AppDbContext db, Caller caller, Sessions sessions) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("user/{id}/one-time-codes");
        Policies(Role.UserAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        await db.RequireWritableAsync(caller, id, ct);
        var user = await db.Users.SingleAsync(u => u.Id == id, ct);
        user.TotpSecretCiphertext = null;
        user.TotpStep = null;
        db.RecoveryCodes.RemoveRange(await db.RecoveryCodes.Where(c => c.UserId == id).ToListAsync(ct));
        await db.SaveChangesAsync(ct);
        await sessions.EndAsync(s => s.UserId == id, ct);
        return AffectedResponse.One;
    }
}

internal static class WritableUsers
{
    /// <exception cref="Refusal">There is no such user, or it is not the caller's to change.</exception>
    public static async Task RequireWritableAsync(this AppDbContext db, Caller caller, int id, CancellationToken ct)
    {
        if (!await db.Users.WritableBy(caller).AnyAsync(u => u.Id == id && !u.IsSystemUser, ct))
        {
            throw await db.Users.AnyAsync(u => u.Id == id && !u.IsSystemUser, ct) ? Refusal.Forbidden() : Refusal.NotFound();
        }
    }
}
