using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Devices;

namespace OS2iot.Api.Devices;

internal static class DeviceQueries
{
    /// <summary>Why a caller did not get a device: it is not there, or not for them.</summary>
    public static async Task<Refusal> MissingAsync(this IQueryable<Device> devices, int id, string? notFound, CancellationToken ct) =>
        await devices.AnyAsync(d => d.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound(notFound);
}
