using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Applications;

/// <summary>One application with all that belongs to it.</summary>
internal sealed class GetApplication(AppDbContext db, Caller caller, ApplicationReader reader) : EndpointWithoutRequest<ApplicationDetails>
{
    public override void Configure()
    {
        Get("application/{id}");
        Policies(Role.Read);
    }

    public override async Task<ApplicationDetails> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        if (!caller.IsGlobalAdmin && !await db.Applications.VisibleTo(caller).AnyAsync(a => a.Id == id, ct))
        {
            throw Refusal.Forbidden();
        }

        return await reader.FindAsync(id, ct) ?? throw Refusal.NotFound();
    }
}
