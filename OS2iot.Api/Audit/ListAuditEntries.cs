using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Audit;

/// <summary>Who changed what, in the organizations whose users the caller administers. Counts up to 10,000.</summary>
internal sealed class ListAuditEntries(AppDbContext db, Caller caller) : Endpoint<AuditLogQuery, ListResponse<AuditEntryResponse>>
{
    public override void Configure()
    {
        Get("audit-log");
        Policies(Role.UserAdmin);
    }

    public override async Task<ListResponse<AuditEntryResponse>> ExecuteAsync(AuditLogQuery query, CancellationToken ct)
    {
        var entries = query.Apply(db.AuditEntries, caller);
        var page = await entries.Skip(query.Offset).Take(query.Limit).ToListAsync(ct);
        return new ListResponse<AuditEntryResponse>(
            [.. page.Select(e => new AuditEntryResponse(e))], await entries.Take(AuditLogQuery.MaxOffset).CountAsync(ct));
    }
}
