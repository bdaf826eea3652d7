using System.Text.Json;
using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;

namespace OS2iot.Api.Sigfox;

/// <summary>The contracts of a group, as Sigfox tells them.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class ListSigfoxContracts(SigfoxAccess access) : Endpoint<OfSigfoxGroupRequest, List<JsonElement>>
{
    public override void Configure()
    {
        Get("sigfox-contract");
        Policies(Role.Read);
    }

    public override async Task<List<JsonElement>> ExecuteAsync(OfSigfoxGroupRequest request, CancellationToken ct)
    {
        var group = await access.ReadableGroupAsync(request.GroupId, ct);
        return await access.AskAsync(group, (sigfox, login, _) => sigfox.ListContractsAsync(login, ct), ct);
    }
}
