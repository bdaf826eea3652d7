using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Api.PayloadDecoders;

internal sealed class ListPayloadDecoderVersionsQuery : ListQuery;

/// <summary>The versions of a decoder's script, newest last unless sorted otherwise.</summary>
internal sealed class ListPayloadDecoderVersions(AppDbContext db, Caller caller)
    : Endpoint<ListPayloadDecoderVersionsQuery, ListResponse<DecoderVersionRow>>
{
    private static readonly SortOrders<PayloadDecoderVersion> Orders = new SortOrders<PayloadDecoderVersion>(v => v.Version).Add("version", v => v.Version);

    public override void Configure()
    {
        Get("payload-decoder/{id}/versions");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<DecoderVersionRow>> ExecuteAsync(ListPayloadDecoderVersionsQuery list, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var decoders = db.PayloadDecoders.VisibleTo(caller);
        return await decoders.AnyAsync(d => d.Id == id, ct)
            ? await Orders.ListAsync(
                db.PayloadDecoderVersions.AsNoTracking().Of(decoders, id), list,
                v => new DecoderVersionRow(v.PayloadDecoderId, v.Version, v.Name, v.CreatedAt, v.CreatedById), ct)
            : throw Refusal.NotFound();
    }
}
