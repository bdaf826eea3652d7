using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;

namespace OS2iot.Api.Http;

internal static class RemovalExtensions
{
    /// <summary>Removes a row that was found, so that the audit log tells what it was.</summary>
    /// <exception cref="Refusal">Somebody else was faster.</exception>
    public static async Task<AffectedResponse> RemoveAndSaveAsync<T>(this AppDbContext db, T entity, CancellationToken ct)
        where T : class
    {
        db.Remove(entity);
        try
        {
            await db.SaveChangesAsync(ct);
            return AffectedResponse.One;
        }
        catch (DbUpdateConcurrencyException)
        {
            throw Refusal.NotFound();
        }
    }
}
