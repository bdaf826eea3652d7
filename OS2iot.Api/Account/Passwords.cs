using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.Account;

internal sealed class ChangePasswordRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["currentPassword"] = Is.Text().Length(1, 1000),
        ["password"] = Is.Text().Length(User.PasswordMinLength, User.PasswordMaxLength),
    };

    public string CurrentPassword { get; init; } = "";

    public string Password { get; init; } = "";
}

/// <summary>Changes the caller's password, and ends all other sessions of the caller.</summary>
[RefusesWith(StatusCodes.Status429TooManyRequests)]
internal sealed class ChangePassword(AppDbContext db, Caller caller, LoginThrottle throttle, NewPasswords passwords, Sessions sessions, SignInLog log)
    : Endpoint<ChangePasswordRequest, AffectedResponse>
{
    public override void Configure()
    {
        Put("account/password");
        Policies(Role.SignedIn);
    }

    public override async Task<AffectedResponse> ExecuteAsync(ChangePasswordRequest request, CancellationToken ct)
    {
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == caller.UserId, ct) ?? throw Refusal.Unauthorized();
        if (user is not { PasswordHash: { } hash, Email: { } email, NameId: null })
        {
            throw Refusal.BadRequest(ErrorCodes.CannotModifyOnKombitUser);
        }

        // Whoever finds an open browser guesses here as well.
        await throttle.CheckAsync(email, request.CurrentPassword, hash, HttpContext.Connection.RemoteIpAddress, ct);
        user.PasswordHash = await passwords.HashAsync(request.Password, [user.Name, email], ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.SaveChangesAsync(ct);
        await sessions.EndAsync(s => s.UserId == user.Id && s.Id != caller.SessionId, ct);
        await log.ChangedAsync(user.Id, "password changed", ct);
        await transaction.CommitAsync(ct);
        return AffectedResponse.One;
    }
}

internal sealed class ForgottenPasswordRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["email"] = Is.Email() };

    public string Email { get; init; } = "";
}

/// <summary>Sends a mail by which a password can be chosen anew. The answer does not tell whether there is such a user.</summary>
[RefusesWith(StatusCodes.Status429TooManyRequests)]
internal sealed class ForgottenPassword(PasswordResetMails mails, LoginThrottle throttle) : Endpoint<ForgottenPasswordRequest>
{
    private const string Account = "password reset";

    public override void Configure()
    {
        Post("account/forgotten-password");
        AllowAnonymous(); // who forgot the password can't sign in
    }

    public override async Task HandleAsync(ForgottenPasswordRequest request, CancellationToken ct)
    {
        var address = HttpContext.Connection.RemoteIpAddress;
        if (await throttle.ClosedForAsync($"{Account} {request.Email}", address, ct) is { } closed)
        {
            throw Refusal.TooManyRequests((int)Math.Ceiling(closed.TotalSeconds));
        }

        // Asking counts as a failure does: it is a mail to somebody each time.
        await throttle.FailedAsync($"{Account} {request.Email}", address, ct);
        if (!mails.TryAsk(request.Email, address))
        {
            throw Refusal.TooManyRequests(retryAfter: 60);
        }

        await Send.StatusCodeAsync(StatusCodes.Status201Created, ct);
    }
}

internal sealed class ResetPasswordRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["token"] = Is.Text().Length(1, 200),
        ["password"] = Is.Text().Length(User.PasswordMinLength, User.PasswordMaxLength),
    };

    /// <summary>From the mail; it works once and for half an hour.</summary>
    public string Token { get; init; } = "";

    public string Password { get; init; } = "";
}

/// <summary>Sets a password by the token of a mail, and ends all sessions of its user.</summary>
[RefusesWith(StatusCodes.Status429TooManyRequests)]
internal sealed class ResetPassword(AppDbContext db, LookupHash hash, NewPasswords passwords, Sessions sessions, SignInLog log, TimeProvider clock)
    : Endpoint<ResetPasswordRequest>
{
    public override void Configure()
    {
        Post("account/reset-password");
        AllowAnonymous(); // the token is the proof
    }

    public override async Task HandleAsync(ResetPasswordRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var token = hash.Of(request.Token);
        var user = await db.PasswordResets.Where(r => r.TokenHash == token && r.ExpiresAt > now)
            .Join(db.Users, r => r.UserId, u => u.Id, (_, u) => u).SingleOrDefaultAsync(u => u.Active && u.NameId == null && !u.IsSystemUser, ct);
        if (user is null)
        {
            await log.RefusedAsync(null, null, "A password reset was tried with a token that holds no more.");
            throw Refusal.BadRequest(ErrorCodes.ResetTokenWrong);
        }

        // First, so that a password that is refused does not use the token up.
        user.PasswordHash = await passwords.HashAsync(request.Password, [user.Name, user.Email], ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.PasswordResets.Where(r => r.TokenHash == token).ExecuteDeleteAsync(ct) == 0)
        {
            throw Refusal.BadRequest(ErrorCodes.ResetTokenWrong);
        }

        await db.PasswordResets.Where(r => r.UserId == user.Id).ExecuteDeleteAsync(ct);
        await db.SaveChangesAsync(ct);
        await sessions.EndAsync(s => s.UserId == user.Id, ct);
        await log.ChangedAsync(user.Id, "password reset by mail", ct);
        await transaction.CommitAsync(ct);
        await Send.StatusCodeAsync(StatusCodes.Status201Created, ct);
    }
}
