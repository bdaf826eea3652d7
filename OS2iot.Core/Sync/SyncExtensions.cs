using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OS2iot.Core.Database;

namespace OS2iot.Core.Sync;

public static class SyncExtensions
{
    /// <summary>Registers an outside system that follows ours.</summary>
    public static IServiceCollection AddSyncedSystem<TSystem>(this IServiceCollection services)
        where TSystem : SyncedSystem
    {
        services.TryAddSingleton<TSystem>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<SyncedSystem, TSystem>(s => s.GetRequiredService<TSystem>()));
        services.TryAddScoped<SyncAttempts>();
        return services;
    }

    /// <summary>Whether our own database is the trouble, and not the outside system.</summary>
    public static bool IsOfOurDatabase(this Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException or DbUpdateException)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Waits until nobody else applies changes of these things, and keeps others out until the transaction ends. Always in one order.
    /// </summary>
    public static Task LockSyncedAsync(this AppDbContext db, string system, IReadOnlyCollection<SyncedKey> keys, CancellationToken ct)
    {
        string[] texts = [.. keys.Select(k => $"{system} {k.Kind} {k.Key}")];
        return db.Database.ExecuteSqlAsync(
            $"""
            SELECT pg_advisory_xact_lock(number)
            FROM (SELECT DISTINCT hashtextextended(t.words, 20521) AS number FROM unnest({texts}) AS t (words) ORDER BY 1) numbers
            """,
            ct);
    }
}
