using Microsoft.EntityFrameworkCore;
using OS2iot.Api.ChirpStack;
using OS2iot.Core.Database;

namespace OS2iot.Api.Http;

internal static class RemovalExtensions
{
    /// <summary>Removes a row that was found, so that the audit log tells what it was.</summary>
    /// <exception cref="Refusal">Somebody else was faster.</exception>
    public static Task<AffectedResponse> RemoveAndSaveAsync<T>(this AppDbContext db, T entity, CancellationToken ct)
        where T : class => RemoveAndSaveAsync(db, entity, () => db.SaveChangesAsync(ct));

    /// <summary>The same for what ChirpStack has to follow.</summary>
    /// <exception cref="Refusal">Somebody else was faster, or ChirpStack won't let it go.</exception>
    public static Task<AffectedResponse> RemoveAndSaveAsync<T>(this AppDbContext db, T entity, ChirpStackSaves saves, CancellationToken ct)
        where T : class => RemoveAndSaveAsync(db, entity, () => saves.SaveAsync(Refusal.BadRequest, ct));

    private static async Task<AffectedResponse> RemoveAndSaveAsync<T>(AppDbContext db, T entity, Func<Task> save)
        where T : class
    {
        db.Remove(entity);
        try
        {
            await save();
            return AffectedResponse.One;
        }
        catch (DbUpdateConcurrencyException)
        {
            throw Refusal.NotFound();
        }
    }
}
