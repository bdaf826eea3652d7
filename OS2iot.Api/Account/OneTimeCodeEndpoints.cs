using System.Text.Json;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.Account;

/// <param name="HasPassword">Signs in with e-mail and password; others at an identity provider.</param>
/// <param name="HasOneTimeCodes">A password alone is not enough.</param>
/// <param name="RecoveryCodesLeft">How many codes on paper are unused.</param>
internal sealed record SignInResponse(bool HasPassword, bool HasOneTimeCodes, int RecoveryCodesLeft);

/// <summary>How the caller signs in.</summary>
internal sealed class GetSignIn(AppDbContext db, Caller caller) : EndpointWithoutRequest<SignInResponse>
{
    public override void Configure()
    {
        Get("account/sign-in");
        Policies(Role.SignedIn);
    }

    public override async Task<SignInResponse> ExecuteAsync(CancellationToken ct) =>
        await db.Users.Where(u => u.Id == caller.UserId)
            .Select(u => new SignInResponse(u.PasswordHash != null && u.NameId == null, u.TotpSecretCiphertext != null, db.RecoveryCodes.Count(c => c.UserId == u.Id)))
            .SingleOrDefaultAsync(ct) ?? throw Refusal.Unauthorized();
}

/// <param name="Secret">To be typed into an app that reads no pictures.</param>
/// <param name="Address">What the picture for the app holds.</param>
internal sealed record NewOneTimeCodesResponse(string Secret, string Address);

/// <summary>Makes a secret for one-time codes. Nothing changes before a code of it is sent back.</summary>
internal sealed class OfferOneTimeCodes(AppDbContext db, Caller caller) : EndpointWithoutRequest<NewOneTimeCodesResponse>
{
    public override void Configure()
    {
        Post("account/one-time-codes");
        Policies(Role.SignedIn);
    }

    public override async Task<NewOneTimeCodesResponse> ExecuteAsync(CancellationToken ct)
    {
        var email = await db.Users.Where(u => u.Id == caller.UserId && u.PasswordHash != null && u.NameId == null).Select(u => u.Email).SingleOrDefaultAsync(ct)
            ?? throw Refusal.BadRequest(ErrorCodes.CannotModifyOnKombitUser);
        var secret = OneTimeCodes.NewSecret();
        HttpContext.Response.Headers.CacheControl = "no-store";
        return new NewOneTimeCodesResponse(secret, OneTimeCodes.AddressOf(secret, email));
    }
}

internal sealed class UseOneTimeCodesRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["secret"] = Is.Text().Length(16, 64).Rule(
            "matches", v => v.ValueKind == JsonValueKind.String && v.GetString()!.All(c => c is (>= 'A' and <= 'Z') or (>= '2' and <= '7')),
            p => $"{p} must match /^[A-Z2-7]+$/ regular expression"),
        ["code"] = Is.Text().Length(6, 10),
        ["currentPassword"] = Is.Text().Length(1, 1000),
    };

    public string Secret { get; init; } = "";

    /// <summary>What the app shows.</summary>
    public string Code { get; init; } = "";

    public string CurrentPassword { get; init; } = "";
}

/// <param name="RecoveryCodes">Each stands in for a code once. Shown only here.</param>
internal sealed record RecoveryCodesResponse(IReadOnlyList<string> RecoveryCodes);

/// <summary>From now on the caller's password alone is not enough. The answer is the only place where the recovery codes are ever shown.</summary>
[RefusesWith(StatusCodes.Status429TooManyRequests)]
internal sealed class UseOneTimeCodes(AppDbContext db, Caller caller, OneTimeCodes codes, SecretProtector protector, LoginThrottle throttle, Sessions sessions, SignInLog log)
    : Endpoint<UseOneTimeCodesRequest, RecoveryCodesResponse>
{
    public override void Configure()
    {
        Put("account/one-time-codes");
        Policies(Role.SignedIn);
    }

    public override async Task<RecoveryCodesResponse> ExecuteAsync(UseOneTimeCodesRequest request, CancellationToken ct)
    {
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == caller.UserId, ct) ?? throw Refusal.Unauthorized();
        if (user is not { PasswordHash: { } hash, Email: { } email, NameId: null })
        {
            throw Refusal.BadRequest(ErrorCodes.CannotModifyOnKombitUser);
        }

        await throttle.CheckAsync(email, request.CurrentPassword, hash, HttpContext.Connection.RemoteIpAddress, ct);
        user.TotpStep = codes.StepOf(request.Secret, request.Code) ?? throw Refusal.BadRequest(ErrorCodes.CodeWrong);
        user.TotpSecretCiphertext = protector.Protect(request.Secret);
        var recovery = await codes.RenewRecoveryCodesAsync(user.Id, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.SaveChangesAsync(ct);
        await sessions.EndAsync(s => s.UserId == user.Id && s.Id != caller.SessionId, ct);
        await log.ChangedAsync(user.Id, "one-time codes in use", ct);
        await transaction.CommitAsync(ct);
        HttpContext.Response.Headers.CacheControl = "no-store";
        return new RecoveryCodesResponse(recovery);
    }
}

internal sealed class StopOneTimeCodesRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["currentPassword"] = Is.Text().Length(1, 1000) };

    public string CurrentPassword { get; init; } = "";
}

/// <summary>From now on the caller's password is enough again.</summary>
[RefusesWith(StatusCodes.Status429TooManyRequests)]
[SucceedsWith(StatusCodes.Status200OK)]
internal sealed class StopOneTimeCodes(AppDbContext db, Caller caller, LoginThrottle throttle, SignInLog log) : Endpoint<StopOneTimeCodesRequest, AffectedResponse>
{
    public override void Configure()
    {
        Post("account/one-time-codes/stop");
        Policies(Role.SignedIn);
    }

    public override async Task<AffectedResponse> ExecuteAsync(StopOneTimeCodesRequest request, CancellationToken ct)
    {
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == caller.UserId, ct) ?? throw Refusal.Unauthorized();
        if (user is not { PasswordHash: { } hash, Email: { } email, TotpSecretCiphertext: not null })
        {
            throw Refusal.NotFound();
        }

        await throttle.CheckAsync(email, request.CurrentPassword, hash, HttpContext.Connection.RemoteIpAddress, ct);
        user.TotpSecretCiphertext = null;
        user.TotpStep = null;
        db.RecoveryCodes.RemoveRange(await db.RecoveryCodes.Where(c => c.UserId == user.Id).ToListAsync(ct));
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.SaveChangesAsync(ct);
        await log.ChangedAsync(user.Id, "one-time codes no longer in use", ct);
        await transaction.CommitAsync(ct);
        return AffectedResponse.One;
    }
}
