using System.Text.Json.Nodes;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

/// <summary>Removes a LoRaWAN device profile that no device uses; otherwise the answer names some that do.</summary>
[RefusesWith(StatusCodes.Status409Conflict)]
internal sealed class DeleteDeviceProfile(AppDbContext db, Caller caller, ChirpStackSaves saves) : EndpointWithoutRequest<AffectedResponse>
{
    private const int MostNamed = 10;

    public override void Configure()
    {
        Delete("chirpstack/device-profiles/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteProfileId(notFound: null);
        var profile = await db.DeviceProfiles.WritableBy(caller).SingleOrDefaultAsync(p => p.Id == id, ct)
            ?? throw await db.DeviceProfiles.MissingAsync(id, notFound: null, ct);
        try
        {
            return await db.RemoveAndSaveAsync(profile, saves, ct);
        }
        catch (DbUpdateException exception) when (exception.IsBrokenReference())
        {
            throw Refusal.InUse(ErrorCodes.DeleteNotAllowedHasLoRaWanDevice, await UsersAsync(id, ct));
        }
    }

    private async Task<JsonArray> UsersAsync(Guid id, CancellationToken ct)
    {
        var devices = await db.Devices.AsNoTracking().IgnoreAutoIncludes().VisibleTo(caller).Where(d => ((LoRaWanDevice)d).DeviceProfileId == id)
            .OrderBy(d => d.Name).ThenBy(d => d.Id).Take(MostNamed).Select(d => new { d.Id, d.Name }).ToListAsync(ct);
        return [.. devices.Select(d => new JsonObject { ["id"] = d.Id, ["name"] = d.Name })];
    }
}
