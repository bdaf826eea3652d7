using FastEndpoints;
using Microsoft.Extensions.Options;
using OS2iot.Api.Http;

namespace OS2iot.Api.OpenDataDk;

/// <summary>The shared data of one dataset: what was decoded of the newest message of each device, at most 1,000 elements and 10 MB.</summary>
internal sealed class GetOpenDataDkData(SharedDatasets datasets, SharedData data, IOptions<OpenDataDkOptions> options)
    : EndpointWithoutRequest<IReadOnlyList<object>>
{
    public override void Configure()
    {
        Get(SharedDatasets.Path + "/{organizationId}/data/{shareId}");
        AllowAnonymous(); // it is meant for everybody
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var (organizationId, shareId) = (HttpContext.RouteId("organizationId"), HttpContext.RouteId("shareId"));
        var target = await datasets.FindTargetAsync(organizationId, shareId, ct)
            ?? throw Refusal.NotFound($"Could not find dataset with id: {shareId} on organization: {organizationId}");
        await PublicAnswer.WriteAsync(HttpContext, PublicAnswer.Json, await data.ReadAsync(target, ct), options.Value.DataMaxAge, ct);
    }
}
