using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack;

namespace OS2iot.Api.ChirpStack;

internal static class DeviceProfileQueries
{
    /// <summary>The profile id of the address.</summary>
    /// <exception cref="Refusal">It is none, so there is no such profile.</exception>
    public static Guid RouteProfileId(this HttpContext context, string? notFound) =>
        Guid.TryParse(context.GetRouteValue("id") as string, out var id) ? id : throw Refusal.NotFound(notFound);

    /// <summary>Why a caller did not get a profile: it is not there, or not theirs.</summary>
    public static async Task<Refusal> MissingAsync(
        this IQueryable<DeviceProfile> profiles, Guid id, string? notFound, CancellationToken ct) =>
        await profiles.AnyAsync(p => p.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound(notFound);

    /// <exception cref="Refusal">Another profile has the name, or ChirpStack won't have it.</exception>
    public static async Task SaveProfileAsync(this ChirpStackSaves saves, CancellationToken ct)
    {
        try
        {
            await saves.SaveAsync(Refusal.BadRequest, ct);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate())
        {
            throw Refusal.BadRequest(ErrorCodes.NameInvalidOrAlreadyInUse);
        }
    }
}
