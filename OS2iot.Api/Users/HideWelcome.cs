using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>Shows the caller no welcome page any more. Whatever id is in the address, it is about the caller.</summary>
internal sealed class HideWelcome(AppDbContext db, Caller caller) : EndpointWithoutRequest<bool>
{
    public override void Configure()
    {
        Put("user/{id}/hide-welcome");
        Policies(Role.Read);
    }

    public override async Task<bool> ExecuteAsync(CancellationToken ct)
    {
        HttpContext.RouteId();
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == caller.UserId, ct) ?? throw Refusal.Unauthorized();
        user.ShowWelcomeScreen = false;
        await db.SaveChangesAsync(ct);
        return true;
    }
}
