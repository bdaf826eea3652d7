using System.Text.Json;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>What Sigfox has, as it tells it.</summary>
internal sealed record SigfoxListResponse(IReadOnlyList<JsonElement> Data);

/// <summary>Devices of a group at Sigfox that nobody has added here yet.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class ListUnusedSigfoxDevices(AppDbContext db, SigfoxAccess access) : Endpoint<OfSigfoxGroupRequest, SigfoxListResponse>
{
    public override void Configure()
    {
        Get("sigfox-api-device");
        Policies(Role.Read);
    }

    public override async Task<SigfoxListResponse> ExecuteAsync(OfSigfoxGroupRequest request, CancellationToken ct)
    {
        var group = await access.ReadableGroupAsync(request.GroupId, ct);
        var devices = await access.AskAsync(group, (sigfox, login, groupId) => sigfox.ListDevicesAsync(login, groupId, ct), ct);
        var ids = devices.Select(IdOf).ToList();
        var used = await db.SigfoxDevices.Where(d => ids.Contains(d.SigfoxId)).Select(d => d.SigfoxId).ToHashSetAsync(ct);
        return new SigfoxListResponse([.. devices.Where(d => !used.Contains(IdOf(d)))]);
    }

    private static string IdOf(JsonElement device) => device.Text("id")?.ToUpperInvariant() ?? "";
}
