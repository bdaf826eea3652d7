using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;

namespace OS2iot.Core.Organizations;

/// <summary>
/// Who asks, and what the permissions of that user allow at this moment. The union over all permissions counts; nothing is
/// allowed that no permission gives.
/// </summary>
public sealed class Caller
{
    /// <summary>May do nothing.</summary>
    public static readonly Caller Nobody = new(0, []);

    private readonly IReadOnlyList<Grant> _grants;

    public Caller(int userId, IReadOnlyList<Grant> grants)
    {
        UserId = userId;
        _grants = grants;
        IsGlobalAdmin = grants.Any(g => g.Type == PermissionType.GlobalAdmin);
        ReadingPermissions = Permissions(PermissionType.Read, PermissionType.OrganizationApplicationAdmin);
        WritingPermissions = Permissions(PermissionType.OrganizationApplicationAdmin);
        ReadOrganizations = Organizations(
            PermissionType.Read, PermissionType.OrganizationApplicationAdmin, PermissionType.OrganizationUserAdmin);
        WriteOrganizations = Organizations(PermissionType.OrganizationApplicationAdmin);
        GatewayOrganizations = Organizations(PermissionType.OrganizationGatewayAdmin);
        UserAdminOrganizations = Organizations(PermissionType.OrganizationUserAdmin);
    }

    public int UserId { get; }

    public bool IsGlobalAdmin { get; }

    /// <summary>Permissions whose applications the caller reads.</summary>
    public IReadOnlyList<int> ReadingPermissions { get; }

    /// <summary>Permissions whose applications the caller changes.</summary>
    public IReadOnlyList<int> WritingPermissions { get; }

    /// <summary>Organizations in which the caller reads at least something.</summary>
    public IReadOnlyList<int> ReadOrganizations { get; }

    /// <summary>Organizations in which the caller creates applications, decoders, models and profiles.</summary>
    public IReadOnlyList<int> WriteOrganizations { get; }

    /// <summary>Organizations whose gateways the caller manages.</summary>
    public IReadOnlyList<int> GatewayOrganizations { get; }

    /// <summary>Organizations whose users the caller manages; all their applications may be read.</summary>
    public IReadOnlyList<int> UserAdminOrganizations { get; }

    /// <summary>The key by which the caller came; null for a user who signed in.</summary>
    public int? ApiKeyId { get; private init; }

    /// <summary>The session by which the caller came; null for a key.</summary>
    public Guid? SessionId { get; private init; }

    /// <summary>
    /// A user who signed in; null when that user is gone, switched off or expired, or when the session ended. One query.
    /// </summary>
    public static async Task<Caller?> FindAsync(AppDbContext db, int userId, Guid sessionId, DateTimeOffset now, CancellationToken ct)
    {
        var found = await db.Users.AsNoTracking()
            .Where(u => u.Id == userId && u.Active && !u.IsSystemUser && (u.ExpiresOn == null || u.ExpiresOn > now))
            .Where(u => db.UserSessions.Any(s => s.Id == sessionId && s.UserId == u.Id && s.EndedAt == null && s.ExpiresAt > now))
            .Select(u => new
            {
                Grants = u.Permissions.SelectMany(p => p.Types.Select(t => new Grant(p.Id, p.OrganizationId, t.Type))).ToList(),
            })
            .SingleOrDefaultAsync(ct);
        return found is null ? null : new Caller(userId, found.Grants) { SessionId = sessionId };
    }

    /// <summary>
    /// A program with an API key; null when no such key is there or it expired. It has the key's permissions and none of those that
    /// belong to no organization. One query.
    /// </summary>
    public static Task<Caller?> FindByApiKeyAsync(AppDbContext db, byte[] keyHash, DateTimeOffset now, CancellationToken ct) =>
        FindByApiKeyAsync(db.ApiKeys.Where(k => k.KeyHash == keyHash || (k.PreviousKeyHash == keyHash && k.PreviousKeyExpiresOn > now)), now, ct);

    /// <summary>What the caller may do by now; null when nothing any more.</summary>
    public Task<Caller?> RenewAsync(AppDbContext db, DateTimeOffset now, CancellationToken ct) => (ApiKeyId, SessionId) switch
    {
        ({ } id, _) => FindByApiKeyAsync(db.ApiKeys.Where(k => k.Id == id), now, ct),
        (_, { } session) => FindAsync(db, UserId, session, now, ct),
        _ => Task.FromResult<Caller?>(null),
    };

    private static async Task<Caller?> FindByApiKeyAsync(IQueryable<ApiKey> keys, DateTimeOffset now, CancellationToken ct)
    {
        var found = await keys.AsNoTracking()
            .Where(k => k.ExpiresOn == null || k.ExpiresOn > now)
            .Select(k => new
            {
                k.Id,
                k.SystemUserId,
                Grants = k.Permissions.Where(p => p.OrganizationId != null)
                    .SelectMany(p => p.Types.Select(t => new Grant(p.Id, p.OrganizationId, t.Type))).ToList(),
            })
            .SingleOrDefaultAsync(ct);
        return found is null ? null : new Caller(found.SystemUserId, found.Grants) { ApiKeyId = found.Id };
    }

    /// <summary>
    /// Has the right in any organization at all. Every right but the global one includes <see cref="PermissionType.Read"/> here;
    /// which rows that opens is the query's business.
    /// </summary>
    public bool Has(PermissionType type) => IsGlobalAdmin || (type == PermissionType.Read
        ? _grants.Count > 0
        : _grants.Any(g => g.Type == type));

    public bool ReadsOrganization(int organizationId) => IsGlobalAdmin || ReadOrganizations.Contains(organizationId);

    public bool WritesOrganization(int organizationId) => IsGlobalAdmin || WriteOrganizations.Contains(organizationId);

    public bool AdministersGatewaysOf(int organizationId) => IsGlobalAdmin || GatewayOrganizations.Contains(organizationId);

    public bool SeesGatewaysOf(int organizationId) => ReadsOrganization(organizationId) || GatewayOrganizations.Contains(organizationId);

    public bool AdministersUsersOf(int organizationId) => IsGlobalAdmin || UserAdminOrganizations.Contains(organizationId);

    private int[] Permissions(params PermissionType[] types) =>
        [.. _grants.Where(g => types.Contains(g.Type)).Select(g => g.PermissionId).Distinct()];

    private int[] Organizations(params PermissionType[] types) =>
        [.. _grants.Where(g => types.Contains(g.Type)).Select(g => g.OrganizationId).OfType<int>().Distinct()];
}

/// <summary>One right of one permission.</summary>
public sealed record Grant(int PermissionId, int? OrganizationId, PermissionType Type);
