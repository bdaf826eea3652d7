using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

/// <summary>Who may be in a multicast group.</summary>
internal static class MulticastMembers
{
    /// <exception cref="Refusal">The caller may not put groups into the application, or it does not exist.</exception>
    public static async Task CheckGroupsWritableAsync(
        this IQueryable<Application> applications, int applicationId, Caller caller, CancellationToken ct)
    {
        if (!await applications.WritableBy(caller).AnyAsync(a => a.Id == applicationId, ct))
        {
            throw caller.IsGlobalAdmin ? Refusal.BadRequest(ErrorCodes.IdDoesNotExist) : Refusal.Forbidden();
        }
    }

    /// <summary>The LoRaWAN devices of an application that have the ids.</summary>
    /// <param name="db">Where to look.</param>
    /// <param name="applicationId">The application, which the caller may change.</param>
    /// <param name="sent">The devices as they were sent.</param>
    /// <param name="refusal">What to say when one of them is none of these.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<List<Device>> FindMembersAsync(
        this AppDbContext db, int applicationId, IReadOnlyList<DeviceReference> sent, string refusal, CancellationToken ct)
    {
        var ids = sent.Select(d => d.Id).Distinct().ToList();
        var devices = await db.LoRaWanDevices.Where(d => d.ApplicationId == applicationId && ids.Contains(d.Id)).ToListAsync(ct);
        return devices.Count == ids.Count ? [.. devices] : throw Refusal.BadRequest(refusal);
    }
}
