using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Users;

/// <summary>The names of those who may have written what the caller reads, the system users of API keys included.</summary>
internal sealed class ListMinimalUsers(AppDbContext db, Caller caller) : EndpointWithoutRequest<MinimalUsersResponse>
{
    public override void Configure()
    {
        Get("user/minimal");
        Policies(Role.UserAdmin);
    }

    public override async Task<MinimalUsersResponse> ExecuteAsync(CancellationToken ct) =>
        new(await db.Users.NamedTo(db.ApiKeys, caller).OrderBy(u => u.Id).Select(u => new MinimalUser(u.Id, u.Name)).ToListAsync(ct));
}
