using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;

namespace OS2iot.Api.Applications;

internal static class ApplicationCores
{
    /// <summary>Applications by id, for rows that show the one they belong to. Two commands, however many.</summary>
    public static Task<Dictionary<int, ApplicationCore>> CoresAsync(this AppDbContext db, IEnumerable<int> ids, CancellationToken ct)
    {
        var wanted = ids.Distinct().ToList();
        return db.Applications.AsNoTracking().AsSplitQuery().Where(a => wanted.Contains(a.Id)).OrderBy(a => a.Id)
            .Select(a => new ApplicationCore(a, a.Permissions.OrderBy(p => p.Id).Select(p => p.Id).ToList()))
            .ToDictionaryAsync(a => a.Id, ct);
    }
}
