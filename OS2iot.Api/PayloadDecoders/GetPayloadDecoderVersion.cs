using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.PayloadDecoders;

/// <summary>One version of a decoder with its script.</summary>
internal sealed class GetPayloadDecoderVersion(AppDbContext db, Caller caller) : EndpointWithoutRequest<DecoderVersionDetails>
{
    public override void Configure()
    {
        Get("payload-decoder/{id}/versions/{version}");
        Policies(Role.Read);
    }

    public override async Task<DecoderVersionDetails> ExecuteAsync(CancellationToken ct)
    {
        var (id, version) = (HttpContext.RouteId(), HttpContext.RouteId("version"));
        return await db.PayloadDecoderVersions.AsNoTracking().Of(db.PayloadDecoders.VisibleTo(caller), id).Where(v => v.Version == version)
            .Select(v => new DecoderVersionDetails(v.PayloadDecoderId, v.Version, v.Name, v.CreatedAt, v.CreatedById, v.DecodingFunction))
            .SingleOrDefaultAsync(ct) ?? throw Refusal.NotFound();
    }
}
