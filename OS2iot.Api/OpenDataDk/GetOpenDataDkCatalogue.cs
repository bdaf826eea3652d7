using System.Text.Json;
using FastEndpoints;
using Microsoft.Extensions.Options;
using OS2iot.Api.Http;

namespace OS2iot.Api.OpenDataDk;

/// <summary>What an organization shares with the public: a DCAT catalogue, as JSON-LD of DCAT-AP where the caller accepts that.</summary>
internal sealed class GetOpenDataDkCatalogue(SharedDatasets datasets, IOptions<OpenDataDkOptions> options) : EndpointWithoutRequest<DcatCatalogue>
{
    public override void Configure()
    {
        Get(SharedDatasets.Path + "/{organizationId}");
        AllowAnonymous(); // it is meant for everybody
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId("organizationId");
        var catalogue = await datasets.FindAsync(id, ct) ?? throw Refusal.NotFound($"Could not find an organization with the id: {id}");
        var (mediaType, body) = PublicAnswer.IsLinkedDataWanted(HttpContext.Request)
            ? (PublicAnswer.LinkedData, JsonSerializer.SerializeToUtf8Bytes(DcatApCatalogue.Of(catalogue), WireJson.Answers))
            : (PublicAnswer.Json, JsonSerializer.SerializeToUtf8Bytes(DcatCatalogue.Of(catalogue), WireJson.Answers));
        await PublicAnswer.WriteAsync(HttpContext, mediaType, body, options.Value.CatalogueMaxAge, ct);
    }
}
