using System.Globalization;
using OS2iot.Api.Audit;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;

namespace OS2iot.Api.Auth;

/// <summary>Tells the audit log who came in, who went and who was turned away.</summary>
internal sealed class SignInLog(AppDbContext db, FailureLog failures, IHttpContextAccessor http)
{
    private const int LongestToldName = 254;

    /// <summary>In the context's transaction.</summary>
    public Task CameInAsync(string? name, int userId, CancellationToken ct) =>
        db.WriteAuditAsync([Record(AuditActions.Login, Told(name), userId)], By(userId), ct);

    /// <param name="userId">Whose sessions.</param>
    /// <param name="reason">What ended them.</param>
    /// <param name="ct">Gives up.</param>
    public Task WentAsync(int userId, string reason, CancellationToken ct) =>
        db.WriteAuditAsync([Record(AuditActions.Logout, null, userId) with { After = $$"""{"reason":"{{reason}}"}""" }], Actor.Current is { UserId: not null } ? null : By(userId), ct);

    /// <summary>Something that a user did to how he or she signs in.</summary>
    public Task ChangedAsync(int userId, string what, CancellationToken ct) =>
        db.WriteAuditAsync([Record(AuditActions.Update, null, userId) with { After = $$"""{"signIn":"{{what}}"}""" }], By(userId), ct);

    /// <param name="name">What was tried.</param>
    /// <param name="userId">Where it is somebody's.</param>
    /// <param name="reason">Without what was sent.</param>
    public Task RefusedAsync(string? name, int? userId, string reason) => failures.WriteAsync(
        Record(AuditActions.Login, Told(name), userId) with { Refused = reason },
        new Actor { UserName = Told(name), Address = http.HttpContext?.Connection.RemoteIpAddress });

    /// <param name="reason">Without what was sent.</param>
    public Task LogoutRefusedAsync(string reason) => failures.WriteAsync(
        Record(AuditActions.Logout, null, null) with { Refused = reason },
        new Actor { Address = http.HttpContext?.Connection.RemoteIpAddress });

    private static string? Told(string? name) => name is { Length: > LongestToldName } ? name[..LongestToldName] : name;

    private static AuditRecord Record(string action, string? name, int? userId) => new()
    {
        Action = action,
        Type = AuditTypes.User,
        EntityId = userId?.ToString(CultureInfo.InvariantCulture),
        Name = name,
    };

    private Actor By(int userId) => new() { UserId = userId, Address = http.HttpContext?.Connection.RemoteIpAddress };
}
