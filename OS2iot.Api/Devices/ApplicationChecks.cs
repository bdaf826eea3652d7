using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Applications;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

internal static class ApplicationChecks
{
    /// <summary>The organization of an application into which the caller may put devices.</summary>
    /// <exception cref="Refusal">The caller may not put devices into the application, or it does not exist.</exception>
    public static async Task<int> CheckWritableAsync(
        this IQueryable<Application> applications, int applicationId, Caller caller, CancellationToken ct)
    {
        var writable = await applications.WritableAsync([applicationId], caller, ct);
        return writable.TryGetValue(applicationId, out var organization) ? organization : throw Refusal.Device(ErrorCodes.ApplicationDoesNotExist);
    }

    /// <summary>The applications of these that there are, with their organization. One command.</summary>
    /// <exception cref="Refusal">The caller may not put devices into one of them.</exception>
    public static async Task<Dictionary<int, int>> WritableAsync(
        this IQueryable<Application> applications, IEnumerable<int> applicationIds, Caller caller, CancellationToken ct)
    {
        var wanted = applicationIds.Distinct().ToList();
        var writable = wanted.Count == 0
            ? []
            : await applications.WritableBy(caller).Where(a => wanted.Contains(a.Id)).ToDictionaryAsync(a => a.Id, a => a.OrganizationId, ct);

        // Only those who may do everything learn that an application is not there.
        return writable.Count == wanted.Count || caller.IsGlobalAdmin ? writable : throw Refusal.Forbidden();
    }
}
