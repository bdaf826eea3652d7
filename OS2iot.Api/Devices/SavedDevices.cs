using Microsoft.EntityFrameworkCore;
using OS2iot.Api.ChirpStack;
using OS2iot.Api.Http;

namespace OS2iot.Api.Devices;

internal static class SavedDevices
{
    /// <summary>Saves devices. What another request took or removed meanwhile is refused as if it had come first.</summary>
    /// <exception cref="Refusal">Another device has the id, something that a device points to is gone, or the network won't have it.</exception>
    public static async Task SaveDevicesAsync(this ChirpStackSaves saves, CancellationToken ct)
    {
        try
        {
            await saves.SaveAsync(Refusal.Device, ct);
        }
        catch (DbUpdateException exception) when (exception.IsRefusal())
        {
            throw exception is DbUpdateConcurrencyException ? Refusal.NotFound(null) : Refusal.Device(exception.WhyNotSaved());
        }
    }
}
