using System.Text.Json;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Auth;

/// <summary>Whatever is wrong with the body is a failed sign-in, not a validation error.</summary>
internal sealed class LoginRequest : IBodyRequest
{
    public static Shape Shape { get; } = new();

    public JsonElement Username { get; init; }

    public JsonElement Password { get; init; }

    /// <summary>The one-time code of a user who has them, or one of the recovery codes.</summary>
    public JsonElement Code { get; init; }

    /// <summary>True gives a token of a few minutes and one that renews it.</summary>
    public JsonElement Renewable { get; init; }
}

/// <summary>Exchanges e-mail and password for an access token.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests)]
internal sealed class Login(AppDbContext db, Sessions sessions, LoginThrottle throttle, OneTimeCodes codes, SignInLog log, TimeProvider clock)
    : Endpoint<LoginRequest, LoginResponse>
{
    public override void Configure()
    {
        Post("auth/login");
        AllowAnonymous(); // the caller has no token before this
    }

    public override async Task<LoginResponse> ExecuteAsync(LoginRequest request, CancellationToken ct)
    {
        var (username, password) = (Text(request.Username), Text(request.Password));
        if (username is null || password is null)
        {
            await log.RefusedAsync(username, null, "E-mail or password is missing.");
            throw Refusal.Unauthorized();
        }

        var address = HttpContext.Connection.RemoteIpAddress;
        if (await throttle.ClosedForAsync(username, address, ct) is { } closed)
        {
            await log.RefusedAsync(username, null, "Too many failures; closed for a while.");
            throw Refusal.TooManyRequests((int)Math.Ceiling(closed.TotalSeconds));
        }

        var now = clock.GetUtcNow();
        var user = await db.Users.AsNoTracking()
            .Where(u => u.Email == username && u.Active && !u.IsSystemUser && (u.ExpiresOn == null || u.ExpiresOn > now))
            .Select(u => new { u.Id, u.PasswordHash, u.TotpSecretCiphertext })
            .SingleOrDefaultAsync(ct);
        var verified = await throttle.RunAsync(() => Passwords.Verify(password, user?.PasswordHash), ct);
        if (verified is null)
        {
            throw Refusal.TooManyRequests(retryAfter: 5);
        }

        if (verified is false || user is not { PasswordHash: { } hash })
        {
            await throttle.FailedAsync(username, address, ct);
            await log.RefusedAsync(username, user?.Id, "Wrong e-mail or password.");
            throw Refusal.Unauthorized();
        }

        if (user.TotpSecretCiphertext is not null)
        {
            await CheckCodeAsync(username, user.Id, Text(request.Code), ct);
        }

        await throttle.SucceededAsync(username, address, ct);
        var newHash = Passwords.NeedsRehash(hash) ? Passwords.Hash(password) : hash;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // A password that was changed in this very moment lets nobody in any more.
        var isStill = await db.Users.Where(u => u.Id == user.Id && u.PasswordHash == hash)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.LastLogin, now).SetProperty(u => u.PasswordHash, newHash), ct);
        if (isStill == 0 && !await db.Users.AnyAsync(u => u.Id == user.Id && u.PasswordHash == newHash, ct)
            && !await IsUpgradeOfAsync(user.Id, password, ct))
        {
            throw Refusal.Unauthorized();
        }

        var answer = await sessions.BeginAsync(
            new SignedInUser(user.Id, username, IsKombit: false), request.Renewable.ValueKind == JsonValueKind.True, issuer: null, providerSession: null, ct);
        await log.CameInAsync(username, user.Id, ct);
        await transaction.CommitAsync(ct);
        return answer;
    }

    // Two sign-ins at once both make the hash anew.
    private async Task<bool> IsUpgradeOfAsync(int userId, string password, CancellationToken ct)
    {
        var present = await db.Users.Where(u => u.Id == userId).Select(u => u.PasswordHash).SingleOrDefaultAsync(ct);
        return await throttle.RunAsync(() => Passwords.Verify(password, present), ct) is true;
    }

    private async Task CheckCodeAsync(string username, int userId, string? code, CancellationToken ct)
    {
        if (code is null)
        {
            throw Refusal.Unauthorized(ErrorCodes.CodeNeeded);
        }

        if (!await codes.TakeAsync(userId, code, ct))
        {
            await throttle.FailedAsync(username, HttpContext.Connection.RemoteIpAddress, ct);
            await log.RefusedAsync(username, userId, "Wrong one-time code.");
            throw Refusal.Unauthorized(ErrorCodes.CodeWrong);
        }
    }

    // A text that no user has: longer than any, or not a text at all.
    private static string? Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 1000 } text ? text : null;
}
