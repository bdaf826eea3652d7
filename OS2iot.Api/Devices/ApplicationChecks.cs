using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.Applications;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

internal static class ApplicationChecks
{
    /// <exception cref="Refusal">The caller may not put devices into the application, or it does not exist.</exception>
    public static async Task CheckWritableAsync(
        this IQueryable<Application> applications, int applicationId, Caller caller, CancellationToken ct)
    {
        if (!await applications.WritableBy(caller).AnyAsync(a => a.Id == applicationId, ct))
        {
            throw caller.IsGlobalAdmin ? Refusal.Device(ErrorCodes.ApplicationDoesNotExist) : Refusal.Forbidden();
        }
    }
}
