using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.PayloadDecoders;

/// <summary>Gives a decoder the script of an earlier version, as a new version.</summary>
internal sealed class RestorePayloadDecoderVersion(AppDbContext db, Caller caller) : EndpointWithoutRequest<DecoderDetails>
{
    public override void Configure()
    {
        Post("payload-decoder/{id}/versions/{version}/restore");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<DecoderDetails> ExecuteAsync(CancellationToken ct)
    {
        var (id, version) = (HttpContext.RouteId(), HttpContext.RouteId("version"));
        var decoder = await db.PayloadDecoders.WritableBy(caller).Include(d => d.Organization).SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw await db.PayloadDecoders.MissingAsync(id, ct);
        var script = await db.PayloadDecoderVersions.Where(v => v.PayloadDecoderId == id && v.Version == version)
            .Select(v => v.DecodingFunction).SingleOrDefaultAsync(ct) ?? throw Refusal.NotFound();
        if (decoder.DecodingFunction != script)
        {
            decoder.DecodingFunction = script;
            decoder.Version++;
            await db.SaveChangesAsync(ct);
        }

        return new DecoderDetails(decoder, decoder.Organization);
    }
}
