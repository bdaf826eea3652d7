using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Applications;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Permissions;

/// <summary>Reads user groups as they are shown.</summary>
internal sealed class PermissionReader(AppDbContext db, Caller caller)
{
    public async Task<PermissionDetails?> FindAsync(int id, CancellationToken ct)
    {
        var permission = await db.Permissions.AsNoTracking().AsSplitQuery().VisibleTo(caller)
            .Include(p => p.Organization).Include(p => p.Types.OrderBy(t => t.Id)).Include(p => p.Users.OrderBy(u => u.Id))
            .OrderBy(p => p.Id).SingleOrDefaultAsync(p => p.Id == id, ct);
        if (permission is null)
        {
            return null;
        }

        var applications = await db.Applications.Where(a => a.Permissions.Any(p => p.Id == id)).Select(a => a.Id).ToListAsync(ct);
        var cores = await db.CoresAsync(applications, ct);
        return new PermissionDetails(permission, [.. cores.Values.OrderBy(a => a.Id)]);
    }

    /// <exception cref="Refusal">There is no such group, or it is not the caller's to see.</exception>
    public async Task<int> CheckVisibleAsync(int id, CancellationToken ct) =>
        await db.Permissions.VisibleTo(caller).AnyAsync(p => p.Id == id, ct) ? id : throw await MissingAsync(id, ct);

    /// <summary>Why the caller did not get a group.</summary>
    public async Task<Refusal> MissingAsync(int id, CancellationToken ct) =>
        await db.Permissions.AnyAsync(p => p.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound(null);
}
