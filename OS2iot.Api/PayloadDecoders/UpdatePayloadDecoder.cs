using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.PayloadDecoders;

/// <summary>Changes a decoder. A changed script gets a new version, by which running pipelines notice.</summary>
internal sealed class UpdatePayloadDecoder(AppDbContext db, Caller caller) : Endpoint<DecoderRequest, DecoderDetails>
{
    public override void Configure()
    {
        Put("payload-decoder/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<DecoderDetails> ExecuteAsync(DecoderRequest request, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        if (!caller.WritesOrganization(request.OrganizationId))
        {
            throw Refusal.Forbidden();
        }

        var decoder = await db.PayloadDecoders.WritableBy(caller).SingleOrDefaultAsync(d => d.Id == id, ct)
            ?? throw await db.PayloadDecoders.MissingAsync(id, ct);
        var script = request.Script();
        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == request.OrganizationId, ct)
            ?? throw Refusal.BadRequest(ErrorCodes.OrganizationDoesNotExist);

        decoder.Name = request.Name;
        decoder.OrganizationId = organization.Id;
        if (decoder.DecodingFunction != script)
        {
            decoder.DecodingFunction = script;
            decoder.Version++;
        }

        await db.SaveChangesAsync(ct);
        return new DecoderDetails(decoder, organization);
    }
}
