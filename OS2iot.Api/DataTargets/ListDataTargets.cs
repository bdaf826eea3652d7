using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

internal sealed class ListDataTargetsQuery : ListQuery
{
    public int? ApplicationId { get; private set; }

    public override void Read(QueryReader query)
    {
        base.Read(query);
        ApplicationId = query.Number("applicationId");
    }
}

/// <summary>The targets of one application, or of all that the caller may read.</summary>
internal sealed class ListDataTargets(AppDbContext db, Caller caller, DataTargetReader reader)
    : Endpoint<ListDataTargetsQuery, ListResponse<DataTargetWithApplication>>
{
    private static readonly SortOrders<DataTarget> Orders = new SortOrders<DataTarget>(t => t.Id)
        .Add("name", t => t.Name).Add("datatarget.name", t => t.Name).Add("type", t => t.Type).Add("url", t => t.Url);

    public override void Configure()
    {
        Get("data-target");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<DataTargetWithApplication>> ExecuteAsync(ListDataTargetsQuery list, CancellationToken ct)
    {
        var targets = db.DataTargets.VisibleTo(caller);
        if (list.ApplicationId is { } applicationId)
        {
            if (!caller.IsGlobalAdmin && !await db.Applications.VisibleTo(caller).AnyAsync(a => a.Id == applicationId, ct))
            {
                throw Refusal.Forbidden();
            }

            targets = targets.Where(t => t.ApplicationId == applicationId);
        }

        return new ListResponse<DataTargetWithApplication>(
            await reader.ListAsync(Orders.Page(targets, list), ct), await targets.CountAsync(ct));
    }
}
