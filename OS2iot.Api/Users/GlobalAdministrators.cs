using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>Who may do everything.</summary>
internal sealed class GlobalAdministrators(AppDbContext db, TimeProvider clock)
{
    /// <summary>Any number, as long as nothing else uses it.</summary>
    private const long Lock = 4_711_001;

    /// <summary>Puts a user among them, or takes the user out. Expects the user's permissions to be loaded, with their types.</summary>
    public async Task SetAsync(User user, bool isOne, CancellationToken ct)
    {
        if (!isOne)
        {
            user.Permissions.RemoveAll(IsTheirs);
        }
        else if (!user.Permissions.Any(IsTheirs))
        {
            user.Permissions.Add(await db.Permissions.Include(p => p.Types).OrderBy(p => p.Id)
                .FirstAsync(p => p.Types.Any(t => t.Type == PermissionType.GlobalAdmin), ct));
        }
    }

    /// <summary>Lets nobody else change who they are until the transaction ends.</summary>
    public Task HoldAsync(CancellationToken ct) => db.Database.SqlQuery<string>($"SELECT pg_advisory_xact_lock({Lock})::text AS \"Value\"").ToListAsync(ct);

    /// <exception cref="Refusal">Without this user nobody would be left.</exception>
    public async Task CheckOneRemainsAsync(User changed, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (changed.Active && changed.Permissions.Any(IsTheirs) && (changed.ExpiresOn is null || changed.ExpiresOn > now))
        {
            return;
        }

        if (!await db.Users.AnyAsync(
            u => u.Id != changed.Id && u.Active && (u.ExpiresOn == null || u.ExpiresOn > now)
                && u.Permissions.Any(p => p.Types.Any(t => t.Type == PermissionType.GlobalAdmin)),
            ct))
        {
            throw Refusal.BadRequest("The last active global administrator must stay one.");
        }
    }

    public static bool IsTheirs(Permission permission) => permission.Types.Any(t => t.Type == PermissionType.GlobalAdmin);
}
