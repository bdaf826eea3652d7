using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using Npgsql;
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
        try
        {
            // A foreign decoder answers as a missing one: clients know no other answer here.
            return await db.PayloadDecoders.WritableBy(caller).Where(d => d.Id == id).ExecuteDeleteAsync(ct) == 0
                ? throw Refusal.NotFound()
                : AffectedResponse.One;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation)
        {
            throw Refusal.BadRequest(ErrorCodes.DeleteNotAllowedItemIsInUse);
        }
    }
}
