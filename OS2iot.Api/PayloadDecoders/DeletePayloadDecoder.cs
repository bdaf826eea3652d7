using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.PayloadDecoders;

/// <summary>Removes a decoder that no connection uses.</summary>
internal sealed class DeletePayloadDecoder(AppDbContext db, Caller caller) : EndpointWithoutRequest<AffectedResponse>
{
    public override void Configure()
    {
        Delete("payload-decoder/{id}");
        Policies(Role.ApplicationAdmin);
    }

    public override async Task<AffectedResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();

        // A foreign decoder answers as a missing one: clients know no other answer here.
        var decoder = await db.PayloadDecoders.WritableBy(caller).SingleOrDefaultAsync(d => d.Id == id, ct) ?? throw Refusal.NotFound();
        try
        {
            return await db.RemoveAndSaveAsync(decoder, ct);
        }
        catch (DbUpdateException exception) when (exception.IsBrokenReference())
        {
            throw Refusal.BadRequest(ErrorCodes.DeleteNotAllowedItemIsInUse);
        }
    }
}
