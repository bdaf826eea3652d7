using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Database;

namespace OS2iot.Api.Devices;

internal static class SavedDevices
{
    /// <summary>Saves devices. What another request took or removed meanwhile is refused as if it had come first.</summary>
    /// <exception cref="Refusal">Another device has the id, or something that a device points to is gone.</exception>
    public static async Task SaveDevicesAsync(this AppDbContext db, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsRefusal())
        {
            throw exception is DbUpdateConcurrencyException ? Refusal.NotFound(null) : Refusal.Device(exception.WhyNotSaved());
        }
    }
}
