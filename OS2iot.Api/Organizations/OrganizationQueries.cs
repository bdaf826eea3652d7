using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Permissions;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Organizations;

internal static class OrganizationQueries
{
    public static Task<OrganizationDetails?> FindDetailsAsync(this IQueryable<Organization> organizations, int id, TimeProvider clock, CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return organizations.AsNoTracking().AsSplitQuery().Where(o => o.Id == id).OrderBy(o => o.Id)
            .Select(o => new OrganizationDetails(
                o,
                o.Permissions.OrderBy(p => p.Id).Select(p => new PermissionCore(p, p.Applications.Select(a => a.Id).ToList())).ToList(),
                o.Usage.Where(u => u.Day == today).Select(u => u.Messages).FirstOrDefault()))
            .SingleOrDefaultAsync(ct);
    }
}
