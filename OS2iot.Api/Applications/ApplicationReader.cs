using Microsoft.EntityFrameworkCore;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Permissions;
using OS2iot.Core.Database;

namespace OS2iot.Api.Applications;

/// <summary>Reads an application as it is shown. Whether the caller may see it was asked before.</summary>
internal sealed class ApplicationReader(AppDbContext db, ApplicationDevices devices)
{
    public async Task<ApplicationDetails?> FindAsync(int id, CancellationToken ct)
    {
        var found = await db.Applications.AsNoTracking().AsSplitQuery()
            .Where(a => a.Id == id)
            .Include(a => a.Organization)
            .Include(a => a.ControlledProperties.OrderBy(p => p.Id))
            .Include(a => a.DeviceTypes.OrderBy(t => t.Id))
            .Include(a => a.ContactPersons.OrderBy(p => p.Id))
            .Include(a => a.DataTargets.OrderBy(t => t.Id))
            .OrderBy(a => a.Id)
            .SingleOrDefaultAsync(ct);
        if (found is null)
        {
            return null;
        }

        var permissions = await db.Permissions.AsNoTracking().AsSplitQuery()
            .Where(p => p.Applications.Any(a => a.Id == id)).OrderBy(p => p.Id)
            .Select(p => new PermissionCore(p, p.Applications.Select(a => a.Id).ToList()))
            .ToListAsync(ct);
        return new ApplicationDetails(
            found, permissions, (await devices.OfAsync([found], ct)).GetValueOrDefault(id, DevicesUnderApplication.None),
            [.. found.DataTargets.Select(DataTargetShapes.Core)]);
    }
}
