using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.OpenDataDk;

/// <summary>Whether Open Data DK was told of an organization's catalogue.</summary>
internal sealed class GetOpenDataDkRegistered(AppDbContext db, Caller caller) : EndpointWithoutRequest<bool>
{
    public override void Configure()
    {
        Get("data-target/getOpenDataDkRegistered/{id}");
        Policies(Role.Read);
    }

    public override async Task<bool> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        var registered = await db.Organizations.Where(o => o.Id == id).Select(o => (bool?)o.OpenDataDkRegistered).SingleOrDefaultAsync(ct)
            ?? throw Refusal.NotFound();
        return caller.ReadsOrganization(id) ? registered : throw Refusal.Forbidden();
    }
}
