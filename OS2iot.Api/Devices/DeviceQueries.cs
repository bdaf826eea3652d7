using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Devices;

internal static class DeviceQueries
{
    /// <exception cref="Refusal">Another device has what only one may have, such as an id at its network.</exception>
    public static async Task SaveDeviceAsync(this AppDbContext db, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.Device(ErrorCodes.IdInvalidOrAlreadyInUse);
        }
    }

    /// <summary>Why a caller did not get a device: it is not there, or not for them.</summary>
    public static async Task<Refusal> MissingAsync(this IQueryable<Device> devices, int id, string? notFound, CancellationToken ct) =>
        await devices.AnyAsync(d => d.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound(notFound);
}
