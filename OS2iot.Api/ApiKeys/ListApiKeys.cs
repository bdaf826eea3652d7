using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ApiKeys;

internal sealed class ListApiKeysQuery : ListQuery
{
    /// <summary>Whose keys; required of all but global administrators.</summary>
    public int? OrganizationId { get; private set; }

    public override void Read(QueryReader query)
    {
        base.Read(query);
        OrganizationId = query.Number("organizationId");
    }
}

/// <summary>The keys that may do something in an organization, themselves masked.</summary>
internal sealed class ListApiKeys(AppDbContext db, Caller caller) : Endpoint<ListApiKeysQuery, ListResponse<ApiKeyListItem>>
{
    private static readonly SortOrders<ApiKey> Orders = new SortOrders<ApiKey>(k => k.Id)
        .Add("name", k => k.Name)
        .Add("createdAt", k => k.CreatedAt)
        .Add("updatedAt", k => k.UpdatedAt)
        .Add("expiresOn", k => k.ExpiresOn)
        .Add("lastUsedAt", k => k.LastUsedAt);

    public override void Configure()
    {
        Get("api-key");
        Policies(Role.UserAdmin);
    }

    public override async Task<ListResponse<ApiKeyListItem>> ExecuteAsync(ListApiKeysQuery list, CancellationToken ct)
    {
        var keys = db.ApiKeys.AsNoTracking();
        if (list.OrganizationId is { } organizationId)
        {
            keys = caller.AdministersUsersOf(organizationId)
                ? keys.Where(k => k.Permissions.Any(p => p.OrganizationId == organizationId))
                : throw Refusal.Forbidden();
        }
        else if (!caller.IsGlobalAdmin)
        {
            throw Refusal.Forbidden();
        }

        var page = await Orders.Page(keys, list).ToListAsync(ct);
        var ids = page.ConvertAll(k => k.Id);

        // Of a key that reaches into other organizations, too, only the groups of the caller's are shown.
        var groups = await db.Permissions.AsNoTracking().AsSplitQuery().VisibleTo(caller).Where(p => p.ApiKeys.Any(k => ids.Contains(k.Id)))
            .Include(p => p.Organization).OrderBy(p => p.Id)
            .Select(p => new
            {
                Permission = p,
                ApplicationIds = p.Applications.Select(a => a.Id).ToList(),
                KeyIds = p.ApiKeys.Where(k => ids.Contains(k.Id)).Select(k => k.Id).ToList(),
            })
            .ToListAsync(ct);
        var byKey = groups.SelectMany(g => g.KeyIds, (g, id) => (id, Permission: new ApiKeyPermission(g.Permission, g.ApplicationIds)))
            .ToLookup(g => g.id, g => g.Permission);
        return new ListResponse<ApiKeyListItem>([.. page.Select(k => new ApiKeyListItem(k, [.. byKey[k.Id]]))], await keys.CountAsync(ct));
    }
}
