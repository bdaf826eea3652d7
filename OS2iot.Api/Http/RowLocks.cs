using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using OS2iot.Core.Database;

namespace OS2iot.Api.Http;

internal static class RowLocks
{
    /// <summary>
    /// Begins a transaction in which others wait with their changes of a row. Needed where a change depends on what is stored: lists
    /// whose rows are replaced, settings that are merged. Columns alone need no lock, since only those that differ are written.
    /// </summary>
    public static async Task<IDbContextTransaction> LockAsync<TEntity>(this AppDbContext db, int id, CancellationToken ct)
        where TEntity : Entity
    {
        var transaction = await db.Database.BeginTransactionAsync(ct);
        var table = db.Model.FindEntityType(typeof(TEntity))!.GetTableName();
        await db.Database.SqlQuery<int>(FormattableStringFactory.Create($"SELECT id FROM {table} WHERE id = {{0}} FOR NO KEY UPDATE", id)).ToListAsync(ct);
        return transaction;
    }
}
