using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;

namespace OS2iot.Api.Sigfox;

internal sealed class ListSigfoxJobsQuery : ListQuery
{
    public int GroupId { get; private set; }

    protected override int DefaultLimit => 20;

    public override void Read(QueryReader query)
    {
        base.Read(query);
        GroupId = query.Id("groupId");
    }
}

/// <summary>The jobs of a Sigfox group, newest first, with how far each is.</summary>
internal sealed class ListSigfoxJobs(AppDbContext db, SigfoxAccess access) : Endpoint<ListSigfoxJobsQuery, ListResponse<SigfoxJobResponse>>
{
    public override void Configure()
    {
        Get("sigfox-job");
        Policies(Role.Read);
    }

    public override async Task<ListResponse<SigfoxJobResponse>> ExecuteAsync(ListSigfoxJobsQuery list, CancellationToken ct)
    {
        var group = await access.ReadableGroupAsync(list.GroupId, ct);
        var jobs = db.SigfoxJobs.AsNoTracking().Where(j => j.SigfoxGroupId == group.Id);
        var page = await jobs.OrderByDescending(j => j.Id).Skip(list.Offset).Take(list.Limit).ToListAsync(ct);
        return new ListResponse<SigfoxJobResponse>([.. page.Select(j => new SigfoxJobResponse(j))], await jobs.CountAsync(ct));
    }
}
