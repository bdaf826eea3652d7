using System.Globalization;
using System.Text.Json;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Audit;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Auth;

/// <summary>Whatever is wrong with the body is a failed sign-in, not a validation error.</summary>
internal sealed class LoginRequest : IBodyRequest
{
    public static Shape Shape { get; } = new();

    public JsonElement Username { get; init; }

    public JsonElement Password { get; init; }
}

internal sealed record LoginResponse(string AccessToken);

/// <summary>Exchanges e-mail and password for an access token.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests)]
internal sealed class Login(AppDbContext db, AccessTokens tokens, LoginThrottle throttle, FailureLog failures, TimeProvider clock)
    : Endpoint<LoginRequest, LoginResponse>
{
    private const int LongestToldName = 254;

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
            await TellFailureAsync(username, null, "E-mail or password is missing.");
            throw Refusal.Unauthorized();
        }

        var address = HttpContext.Connection.RemoteIpAddress;
        if (throttle.ClosedFor(username, address) is { } closed)
        {
            await TellFailureAsync(username, null, "Too many failures; closed for a while.");
            throw Refusal.TooManyRequests((int)Math.Ceiling(closed.TotalSeconds));
        }

        var now = clock.GetUtcNow();
        var user = await db.Users.AsNoTracking()
            .Where(u => u.Email == username && u.Active && !u.IsSystemUser && (u.ExpiresOn == null || u.ExpiresOn > now))
            .Select(u => new { u.Id, u.PasswordHash })
            .SingleOrDefaultAsync(ct);
        var verified = await throttle.RunAsync(() => Passwords.Verify(password, user?.PasswordHash), ct);
        if (verified is null)
        {
            throw Refusal.TooManyRequests(retryAfter: 5);
        }

        if (verified is false || user is not { PasswordHash: { } hash })
        {
            throttle.Failed(username, address);
            await TellFailureAsync(username, user?.Id, "Wrong e-mail or password.");
            throw Refusal.Unauthorized();
        }

        throttle.Succeeded(username, address);
        var newHash = Passwords.NeedsRehash(hash) ? Passwords.Hash(password) : hash;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Users.Where(u => u.Id == user.Id && u.PasswordHash == hash)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.LastLogin, now).SetProperty(u => u.PasswordHash, newHash), ct);
        await db.WriteAuditAsync([SignIn(username, user.Id)], new Actor { UserId = user.Id, Address = address }, ct);
        await transaction.CommitAsync(ct);
        return new LoginResponse(tokens.Create(user.Id, username, isKombit: false));
    }

    private static AuditRecord SignIn(string? username, int? userId) => new()
    {
        Action = AuditActions.Login,
        Type = AuditTypes.User,
        EntityId = userId?.ToString(CultureInfo.InvariantCulture),
        Name = username,
    };

    private Task TellFailureAsync(string? username, int? userId, string reason)
    {
        var tried = username is { Length: > LongestToldName } ? username[..LongestToldName] : username;
        return failures.WriteAsync(
            SignIn(tried, userId) with { Refused = reason },
            new Actor { UserName = tried, Address = HttpContext.Connection.RemoteIpAddress });
    }

    // A text that no user has: longer than any, or not a text at all.
    private static string? Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 1000 } text ? text : null;
}
