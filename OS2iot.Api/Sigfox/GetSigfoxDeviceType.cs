using System.Text.Json;
using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;

namespace OS2iot.Api.Sigfox;

/// <summary>One device type, as Sigfox tells it.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class GetSigfoxDeviceType(SigfoxAccess access) : Endpoint<OfSigfoxGroupRequest, JsonElement>
{
    public override void Configure()
    {
        Get("sigfox-device-type/{id}");
        Policies(Role.Read);
    }

    public override async Task<JsonElement> ExecuteAsync(OfSigfoxGroupRequest request, CancellationToken ct)
    {
        var group = await access.ReadableGroupAsync(request.GroupId, ct);
        var id = HttpContext.RouteDeviceTypeId();
        return await access.AskAsync(group, (sigfox, login, _) => sigfox.FindDeviceTypeAsync(login, id, ct), ct)
            ?? throw Refusal.NotFound();
    }
}
