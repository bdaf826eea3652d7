using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;

namespace OS2iot.Api.Sigfox;

/// <summary>The device types of a group, as Sigfox tells them.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class ListSigfoxDeviceTypes(SigfoxAccess access) : Endpoint<OfSigfoxGroupRequest, SigfoxListResponse>
{
    public override void Configure()
    {
        Get("sigfox-device-type");
        Policies(Role.Read);
    }

    public override async Task<SigfoxListResponse> ExecuteAsync(OfSigfoxGroupRequest request, CancellationToken ct)
    {
        var group = await access.ReadableGroupAsync(request.GroupId, ct);
        return new SigfoxListResponse(
            await access.AskAsync(group, (sigfox, login, groupId) => sigfox.ListDeviceTypesAsync(login, groupId, ct), ct));
    }
}
