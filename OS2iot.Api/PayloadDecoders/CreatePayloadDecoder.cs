using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Api.PayloadDecoders;

/// <summary>Adds a decoder to an organization.</summary>
internal sealed class CreatePayloadDecoder(AppDbContext db, Caller caller) : Endpoint<DecoderRequest, DecoderDetails>
{
    public override void Configure()
    {
        Post("payload-decoder");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<DecoderDetails> ExecuteAsync(DecoderRequest request, CancellationToken ct)
    {
        if (!caller.WritesOrganization(request.OrganizationId))
        {
            throw Refusal.Forbidden();
        }

        var script = request.Script();
        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == request.OrganizationId, ct)
            ?? throw Refusal.BadRequest(ErrorCodes.OrganizationDoesNotExist);
        var decoder = new PayloadDecoder { Name = request.Name, DecodingFunction = script, OrganizationId = organization.Id };
        db.PayloadDecoders.Add(decoder);
        await db.SaveChangesAsync(ct);
        return new DecoderDetails(decoder, organization);
    }
}
