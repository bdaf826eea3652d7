using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Api.Permissions;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ApiKeys;

/// <summary>Finds API keys that the caller manages.</summary>
internal sealed class ApiKeyReader(AppDbContext db, Caller caller)
{
    /// <summary>The key, with its groups.</summary>
    /// <exception cref="Refusal">There is no such key, or it is not the caller's to manage.</exception>
    public async Task<ApiKey> FindAsync(int id, CancellationToken ct) =>
        await db.ApiKeys.VisibleTo(caller).AsSplitQuery().Include(k => k.Permissions).Include(k => k.SystemUser)
            .OrderBy(k => k.Id).SingleOrDefaultAsync(k => k.Id == id, ct)
            ?? throw (await db.ApiKeys.AnyAsync(k => k.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound());

    public Task<List<PermissionCore>> PermissionsAsync(int id, CancellationToken ct) =>
        db.Permissions.Where(p => p.ApiKeys.Any(k => k.Id == id)).ListCoresAsync(ct);

    /// <summary>The groups to give a key. Those that are not there are passed over, as clients expect.</summary>
    /// <exception cref="Refusal">One of them is not the caller's to give, or none is left.</exception>
    public async Task<List<Permission>> GrantableAsync(int[] ids, CancellationToken ct)
    {
        var found = await db.Permissions.Where(p => ids.Contains(p.Id)).ToListAsync(ct);
        if (found.Any(p => p.OrganizationId is not { } organizationId || !caller.AdministersUsersOf(organizationId)))
        {
            throw Refusal.Forbidden();
        }

        return found.Count > 0 ? found : throw Refusal.BadRequest(ErrorCodes.IdDoesNotExist);
    }
}
