using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;

namespace OS2iot.Api.Sigfox;

/// <summary>One Sigfox group. Without an answer from Sigfox it is shown without what it would tell.</summary>
internal sealed class GetSigfoxGroup(SigfoxAccess access) : EndpointWithoutRequest<SigfoxGroupResponse>
{
    public override void Configure()
    {
        Get("sigfox-group/{id}");
        Policies(Role.Read);
    }

    public override async Task<SigfoxGroupResponse> ExecuteAsync(CancellationToken ct)
    {
        var group = await access.ReadableGroupAsync(HttpContext.RouteId(), ct);
        var found = await access.TryFindGroupsAsync([group], ct);
        return new SigfoxGroupResponse(group, found[group.Id]);
    }
}
