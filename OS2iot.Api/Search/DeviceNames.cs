using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Search;

/// <summary>
/// Finds devices by a piece of their name. What is rare is found by an index on the names' pieces, which for a common piece would
/// bring nearly all devices; those are met soon enough by walking through the newest.
/// </summary>
internal sealed class DeviceNames(AppDbContext db, IReadOnlyList<int>? applicationIds)
{
    /// <summary>Of so few devices every one can be looked at.</summary>
    private const int Few = 10_000;

    private const int SampleSize = 1000;

    /// <summary>From so many in a sample on a piece is common.</summary>
    private const int Common = SampleSize / 10;

    /// <summary>Devices with the piece in their name, of the applications if there are any given.</summary>
    public async Task<IQueryable<Device>> WithAsync(string piece, CancellationToken ct)
    {
        var walk = Within(db.Devices.FromSql($"SELECT * FROM devices WHERE strpos(name_folded, name_folded({piece})) > 0"));
        return await AreFewAsync(ct) || await IsCommonAsync(piece, ct)
            ? walk
            : Within(db.Devices.FromSql(
                $"""
                SELECT * FROM devices
                WHERE name_pieces(name_folded) @> name_longest_pieces(name_folded({piece})) AND strpos(name_folded, name_folded({piece})) > 0
                """));
    }

    private IQueryable<Device> Within(IQueryable<Device> devices) =>
        applicationIds is null ? devices : devices.Where(d => applicationIds.Contains(d.ApplicationId));

    private async Task<bool> AreFewAsync(CancellationToken ct) => applicationIds is not null
        && (applicationIds.Count == 0 || await db.Applications.Where(a => applicationIds.Contains(a.Id)).SumAsync(a => a.DeviceCount, ct) <= Few);

    /// <summary>Looks at both ends, because devices with the same words in their names come together.</summary>
    private async Task<bool> IsCommonAsync(string piece, CancellationToken ct)
    {
        var ids = applicationIds?.ToArray();
        var counts = await db.Database.SqlQuery<int>(
            $"""
            SELECT count(*) FILTER (WHERE strpos(name_folded, name_folded({piece})) > 0)::int AS "Value" FROM (
                SELECT name_folded FROM devices WHERE ({ids}::int[] IS NULL OR application_id = ANY ({ids})) ORDER BY updated_at DESC, id DESC LIMIT {SampleSize}) d
            UNION ALL
            SELECT count(*) FILTER (WHERE strpos(name_folded, name_folded({piece})) > 0)::int FROM (
                SELECT name_folded FROM devices WHERE ({ids}::int[] IS NULL OR application_id = ANY ({ids})) ORDER BY updated_at, id LIMIT {SampleSize}) d
            """).ToListAsync(ct);
        return counts.Any(count => count >= Common);
    }
}
