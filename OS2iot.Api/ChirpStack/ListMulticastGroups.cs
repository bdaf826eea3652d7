using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.ChirpStack;

internal sealed class ListMulticastGroupsQuery : ListQuery
{
    public int? ApplicationId { get; private set; }

    public override void Read(QueryReader query)
    {
        base.Read(query);
        ApplicationId = query.Number("applicationId");
    }
}

/// <summary>The multicast groups of one application, or of all that the caller may read.</summary>
internal sealed class ListMulticastGroups(AppDbContext db, Caller caller, MulticastReader reader)
    : Endpoint<ListMulticastGroupsQuery, ListResponse<MulticastListItem>>
{
    private static readonly SortOrders<MulticastGroup> Orders = new SortOrders<MulticastGroup>(g => g.Id) { UnknownFollowsSort = true }
        .Add("groupName", g => g.Name);

    public override void Configure()
    {
        Get("multicast");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<MulticastListItem>> ExecuteAsync(ListMulticastGroupsQuery list, CancellationToken ct)
    {
        var groups = db.MulticastGroups.VisibleTo(caller);
        if (list.ApplicationId is { } applicationId)
        {
            if (!caller.IsGlobalAdmin && !await db.Applications.VisibleTo(caller).AnyAsync(a => a.Id == applicationId, ct))
            {
                throw Refusal.Forbidden();
            }

            groups = groups.Where(g => g.ApplicationId == applicationId);
        }

        return new ListResponse<MulticastListItem>(await reader.ListAsync(Orders.Page(groups, list), ct), await groups.CountAsync(ct));
    }
}
