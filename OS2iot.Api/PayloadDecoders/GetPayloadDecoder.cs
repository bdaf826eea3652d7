using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.PayloadDecoders;

/// <summary>One decoder.</summary>
internal sealed class GetPayloadDecoder(AppDbContext db, Caller caller) : EndpointWithoutRequest<DecoderDetails>
{
    public override void Configure()
    {
        Get("payload-decoder/{id}");
        Policies(Role.Read);
    }

    public override async Task<DecoderDetails> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        return await db.PayloadDecoders.AsNoTracking().VisibleTo(caller).Where(d => d.Id == id)
            .Select(d => new DecoderDetails(d, d.Organization)).SingleOrDefaultAsync(ct) ?? throw Refusal.NotFound();
    }
}
