using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;

namespace OS2iot.Api.Sigfox;

/// <summary>One job at Sigfox, and how far it is.</summary>
internal sealed class GetSigfoxJob(SigfoxAccess access) : EndpointWithoutRequest<SigfoxJobResponse>
{
    public override void Configure()
    {
        Get("sigfox-job/{id}");
        Policies(Role.Read);
    }

    public override async Task<SigfoxJobResponse> ExecuteAsync(CancellationToken ct) =>
        new(await access.ReadableJobAsync(HttpContext.RouteId(), ct));
}
