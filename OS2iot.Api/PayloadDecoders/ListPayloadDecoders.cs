using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Api.PayloadDecoders;

internal sealed class ListPayloadDecodersQuery : ListQuery
{
    public int? OrganizationId { get; private set; }

    public override void Read(QueryReader query)
    {
        base.Read(query);
        OrganizationId = query.Number("organizationId");
    }
}

/// <summary>The decoders of all organizations, which share them, or of one.</summary>
internal sealed class ListPayloadDecoders(AppDbContext db, Caller caller)
    : Endpoint<ListPayloadDecodersQuery, ListResponse<DecoderWithOrganization>>
{
    private static readonly SortOrders<PayloadDecoder> Orders = new SortOrders<PayloadDecoder>(d => d.Id).Add("name", d => d.Name);

    public override void Configure()
    {
        Get("payload-decoder");
        Policies(Role.Read);
    }

    public override Task<ListResponse<DecoderWithOrganization>> ExecuteAsync(ListPayloadDecodersQuery list, CancellationToken ct)
    {
        var decoders = db.PayloadDecoders.AsNoTracking().VisibleTo(caller);
        return Orders.ListAsync(
            list.OrganizationId is { } id ? decoders.Where(d => d.OrganizationId == id) : decoders,
            list, d => new DecoderWithOrganization(d, d.Organization), ct);
    }
}
